import type { ReactNode } from 'react';
import styles from './Facts.module.css';

/** Names with their values, one under the other. Values that are empty are left out. */
export function Facts({ facts }: { facts: readonly (readonly [name: ReactNode, value: ReactNode])[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value], at) =>
        value === '' || value === undefined || value === null || value === false ? null : (
          <div key={at} className={styles.row}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
