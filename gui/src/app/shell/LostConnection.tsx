import { Button, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { connection, useConnection } from '../../api/connection';
import styles from './Shell.module.css';

/** Tells that the server does not answer, and when it is asked again. What was loaded stays on the screen. */
export function LostConnection() {
  const { t } = useTranslation();
  const { retryIn } = useConnection();
  return (
    <div role="status">
      {retryIn !== undefined && (
        <div className={styles.lost}>
          <IconPlugConnectedX size={18} aria-hidden />
          <Text>{t('lost.text', { count: retryIn })}</Text>
          <Button size="compact-sm" variant="default" onClick={() => void connection.tryNow()}>
            {t('lost.now')}
          </Button>
        </div>
      )}
    </div>
  );
}
