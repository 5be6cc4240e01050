import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from './Id.module.css';

/** Puts a text into the clipboard. */
export function Copy({ text, label }: { text: string; label?: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={text} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('copied') : (label ?? t('copy'))}>
          <ActionIcon
            size="sm"
            color={copied ? 'teal' : 'gray'}
            aria-label={copied ? t('copied') : (label ?? t('copy'))}
            onClick={(event) => {
              event.stopPropagation();
              copy();
            }}
          >
            {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

/** A long id, shortened in the middle. */
export function shortened(id: string, length = 18): string {
  const half = Math.floor((length - 1) / 2);
  return id.length <= length ? id : `${id.slice(0, half)}…${id.slice(-half)}`;
}

/** An id that can be read and copied. */
export function Id({ id, full }: { id: string; full?: boolean }) {
  return (
    <span className={styles.id}>
      <span className="mono" title={id}>
        {full ? id : shortened(id)}
      </span>
      <Copy text={id} />
    </span>
  );
}
