import { Skeleton } from '@mantine/core';
import styles from './Shell.module.css';

/** The frame without content, while nobody knows yet who is there. */
export function Waiting() {
  return (
    <div className={styles.shell} aria-busy>
      <div className={styles.side}>
        <Skeleton h={24} w="60%" mt="sm" />
        {[80, 70, 75, 65].map((width) => (
          <Skeleton key={width} h={16} w={`${width}%`} />
        ))}
      </div>
      <div className={styles.head} />
      <div className={styles.main} />
    </div>
  );
}
