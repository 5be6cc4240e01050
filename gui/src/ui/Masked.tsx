import { Tooltip } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './Masked.module.css';

/** What the server sends in the place of personal data to those who may not see it. */
export const dots = '•••';

/** The dots with a lock that tells why they are there. */
export function Masked() {
  const { t } = useTranslation('app');
  return (
    <Tooltip label={t('masked')}>
      <span className={styles.masked} role="img" aria-label={t('masked')}>
        <IconLock size={12} aria-hidden />
        {dots}
      </span>
    </Tooltip>
  );
}

/** A text as it is, or a lock where the server hides it. */
export const shown = (text: string): ReactNode => (text === dots ? <Masked /> : text);
