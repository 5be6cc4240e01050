import { Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { tryPayload } from '../../api/story';
import { track } from '../../api/track';
import { Empty } from '../../ui/Empty';
import { FormProblem } from '../../ui/FormProblem';
import { Page } from '../../ui/Page';
import { Composer } from './Composer';
import styles from './ConsolePage.module.css';
import { payloadOf, type Draft } from './payload';
import { Result } from './Result';
import { Sent } from './Sent';

/** Composes events, tells what would become of them, and sends them. */
export function ConsolePage() {
  const { t } = useTranslation('console');
  const queries = useQueryClient();
  const attempt = useMutation({ mutationFn: (draft: Draft) => tryPayload(payloadOf(draft)), onMutate: () => send.reset() });
  const send = useMutation({
    mutationFn: (draft: Draft) => track(payloadOf(draft)),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <Page title={t('title')}>
      <Text c="dimmed">{t('intro')}</Text>
      <div className={styles.columns}>
        <Composer onTry={attempt.mutate} onSend={send.mutate} trying={attempt.isPending} sending={send.isPending} />
        <Stack component="section" aria-label={t('result')} gap="md">
          <FormProblem error={attempt.error ?? send.error} />
          {send.data && <Sent answer={send.data} />}
          {attempt.data && <Result trial={attempt.data} />}
          {!attempt.data && !send.data && (
            <div className={styles.blank}>
              <Empty title={t('empty')} text={t('emptyText')} />
            </div>
          )}
        </Stack>
      </div>
    </Page>
  );
}
