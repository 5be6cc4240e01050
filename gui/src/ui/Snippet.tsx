import { Copy } from './Id';
import styles from './Snippet.module.css';

/** Text to be copied, such as a command. */
export function Snippet({ text, label }: { text: string; label: string }) {
  return (
    <div className={styles.snippet}>
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <div className={styles.copy}>
        <Copy text={text} label={label} />
      </div>
    </div>
  );
}
