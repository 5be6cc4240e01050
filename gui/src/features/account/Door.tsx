import { Paper, Stack, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Logo } from '../../app/shell/Logo';
import styles from './Door.module.css';

/** The frame of pages for those who are not signed in. */
export function Door({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t('product')}`;
  }, [title, t]);
  return (
    <main className={styles.door}>
      <Paper withBorder p="xl" w="100%" maw={400}>
        <Stack gap="md">
          <div className={styles.brand}>
            <Logo size={28} />
            {t('product')}
          </div>
          <Title order={1}>{title}</Title>
          {text && <Text c="dimmed">{text}</Text>}
          {children}
        </Stack>
      </Paper>
    </main>
  );
}
