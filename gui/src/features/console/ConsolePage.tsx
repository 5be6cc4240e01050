import { Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { sourcesQuery } from '../../api/sources';
import { tryPayload } from '../../api/story';
import { track } from '../../api/track';
import { Empty } from '../../ui/Empty';
import { ErrorState } from '../../ui/ErrorState';
import { FormProblem } from '../../ui/FormProblem';
import { ButtonLink } from '../../ui/links';
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
  const sources = useQuery(sourcesQuery);
  const attempt = useMutation({ mutationFn: (draft: Draft) => tryPayload(payloadOf(draft)), onMutate: () => send.reset() });
  const send = useMutation({
    mutationFn: (draft: Draft) => track(payloadOf(draft)),
    onSuccess: () => queries.invalidateQueries(),
  });
  if (sources.error && !sources.data) {
    return (
      <Page title={t('title')}>
        <ErrorState error={sources.error} onRetry={() => void sources.refetch()} />
      </Page>
    );
  }
  if (sources.data?.length === 0) {
    return (
      <Page title={t('title')}>
        <Empty title={t('none')} text={t('noneText')} docs="tracker.md">
          <ButtonLink to="/sources/new">{t('firstSource')}</ButtonLink>
        </Empty>
      </Page>
    );
  }
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
