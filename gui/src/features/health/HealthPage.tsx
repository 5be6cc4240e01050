import { Badge, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { healthQuery, type Health } from '../../api/health';
import { useFormat } from '../../app/format';
import { ErrorState } from '../../ui/ErrorState';
import { Figure, Figures } from '../../ui/figures/Figure';
import { Page } from '../../ui/Page';
import { Panel } from '../../ui/Panel';
import styles from './HealthPage.module.css';
import { LastHour } from './LastHour';
import { Problems } from './Problems';
import { Disk, Processes, Queue, Stores } from './Tables';

const colours = { ok: 'teal', warning: 'yellow', error: 'red' } as const;

/** How the installation does: what comes in, what waits, and what is broken. */
export function HealthPage() {
  const { t } = useTranslation('health');
  const health = useQuery(healthQuery);
  const { status } = health.data ?? {};
  return (
    <Page title={t('title')} mark={status && <Badge color={colours[status]}>{t(`status.${status}`)}</Badge>}>
      {health.data ? (
        <Report health={health.data} />
      ) : health.error ? (
        <ErrorState error={health.error} onRetry={() => void health.refetch()} />
      ) : (
        <Stack>
          {[80, 90, 160, 160].map((height, at) => (
            <Skeleton key={at} h={height} />
          ))}
        </Stack>
      )}
    </Page>
  );
}

function Report({ health }: { health: Health }) {
  const { t } = useTranslation('health');
  const format = useFormat();
  const { rate, queue } = health;
  const waiting = queue.reduce((sum, topic) => sum + topic.ready + topic.delayed, 0);
  return (
    <>
      <Panel title={t('problems')}>
        <Problems problems={health.problems} />
      </Panel>
      <Figures>
        <Figure label={t('rate')} value={format.number(rate.events_per_second)} hint={t('rateHint')} id="rate" />
        <Figure label={t('p95')} value={format.duration(rate.p95_milliseconds / 1000)} hint={t('rateHint')} />
        <Figure label={t('failed')} value={format.percent(rate.failed_share)} hint={t('rateHint')} />
        <Figure label={t('refused')} value={format.percent(rate.refused_share)} hint={t('rateHint')} />
        <Figure label={t('waiting')} value={format.number(waiting)} />
      </Figures>
      <Panel title={t('hour')}>
        <LastHour minutes={health.minutes} />
      </Panel>
      <div className={styles.panels}>
        <Panel title={t('queue')}>
          <Queue topics={queue} />
        </Panel>
        <Panel title={t('stores')}>
          <Stores stores={health.stores} />
        </Panel>
        <Panel title={t('processes')}>
          <Processes processes={health.processes} />
        </Panel>
        <Panel title={t('disk')}>
          <Disk disk={health.disk} />
        </Panel>
      </div>
    </>
  );
}
