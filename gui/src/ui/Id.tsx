import { IconCheck, IconCopy } from '@tabler/icons-react';
import { t } from 'i18next';
import { useState } from 'react';
import { copyText } from './clipboard';
import styles from './Id.module.css';

const copiedTime = 1500; // milliseconds

/** Puts a text into the clipboard. Plain, without hooks of its own for the words, since lists draw hundreds of them while they scroll. */
export function Copy({ text, label }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  const name = copied ? t('copied') : (label ?? t('copy'));
  return (
    <button
      type="button"
      className={styles.copy}
      data-copied={copied || undefined}
      aria-label={name}
      title={name}
      onClick={(event) => {
        event.stopPropagation();
        copyText(text).then(
          () => {
            setCopied(true);
            setTimeout(() => setCopied(false), copiedTime);
          },
          () => {}, // without a sign that it worked
        );
      }}
    >
      {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
    </button>
  );
}

/** A long id, shortened in the middle. */
export function shortened(id: string, length = 18): string {
  const half = Math.floor((length - 1) / 2);
  return id.length <= length ? id : `${id.slice(0, half)}…${id.slice(-half)}`;
}

/** An id that can be read and copied. */
export function Id({ id, full, length }: { id: string; full?: boolean; length?: number }) {
  return (
    <span className={styles.id}>
      <span className="mono" title={id}>
        {full ? id : shortened(id, length)}
      </span>
      <Copy text={id} />
    </span>
  );
}
