import { Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { countQuery, faulty, histogramQuery, type Filter } from '../../api/documents';
import { mayConnect } from '../../api/me';
import { queueQuery } from '../../api/queue';
import { sourcesQuery } from '../../api/sources';
import { usePreferences } from '../../app/preferences';
import { signedIn } from '../../app/routes';
import { Empty } from '../../ui/Empty';
import { ErrorState } from '../../ui/ErrorState';
import { CountFigure, Figures } from '../../ui/figures/Figure';
import { TopSources } from '../../ui/figures/TopSources';
import { TopValues } from '../../ui/figures/TopValues';
import { AnchorLink, ButtonLink } from '../../ui/links';
import { Page } from '../../ui/Page';
import { Panel } from '../../ui/Panel';
import { Histogram } from '../../ui/time/Histogram';
import { TimeRange } from '../../ui/time/TimeRange';
import styles from './DashboardPage.module.css';
import { dashboardRoute } from './routes';

const present = 'metadata.time.update >= now.offset("-5m")';
const standardFrom = '-24h';
const longAgo = '2000-01-01T00:00:00Z'; // all time, said so that it differs from no choice
const refreshEvery = 15_000; // milliseconds

/** How things are: what came in, from where, who is there now, and what needs attention. */
export function DashboardPage() {
  const { t } = useTranslation('dashboard');
  const search = dashboardRoute.useSearch();
  const navigate = dashboardRoute.useNavigate();
  const { zone } = usePreferences();
  const range = useMemo(() => ({ from: search.from ?? standardFrom, to: search.to ?? '' }), [search.from, search.to]);
  const filter: Filter = { q: '', ...range };
  const histogram = useQuery({ ...histogramQuery('events', filter, zone), refetchInterval: refreshEvery });
  const sources = useQuery(sourcesQuery);
  const setRange = ({ from, to }: { from: string; to: string }) => void navigate({ search: { from: from === standardFrom && !to ? undefined : from || longAgo, to } });

  if (sources.data?.length === 0) {
    return (
      <Page title={t('title')}>
        <Empty title={t('begin')} text={t('beginText')} docs="tracker.md">
          <ButtonLink to="/sources/new">{t('firstSource')}</ButtonLink>
        </Empty>
      </Page>
    );
  }
  return (
    <Page title={t('title')} actions={<TimeRange value={range} onChange={setRange} />}>
      <Figures>
        <CountFigure label={t('events')} filter={filter} every={refreshEvery} />
        <CountFigure label={t('present')} filter={{ q: present, from: '', to: '' }} of="sessions" hint={t('presentHint')} every={refreshEvery} />
        <CountFigure label={t('newProfiles')} filter={filter} of="profiles" every={refreshEvery} />
        <CountFigure label={t('faulty')} filter={{ ...filter, q: faulty }} every={refreshEvery} />
      </Figures>
      <Panel title={t('overTime')}>
        {histogram.error && !histogram.data ? (
          <ErrorState error={histogram.error} onRetry={() => void histogram.refetch()} />
        ) : (
          <Histogram label={t('events')} counts={histogram.data} range={range} onSelect={setRange} />
        )}
      </Panel>
      <div className={styles.panels}>
        <Panel title={t('topTypes')}>
          <TopValues field="type" filter={filter} every={refreshEvery} />
        </Panel>
        <Panel title={t('topSources')}>
          <TopSources filter={filter} every={refreshEvery} />
        </Panel>
        <Panel title={t('attention')}>
          <Attention filter={filter} />
        </Panel>
      </div>
    </Page>
  );
}

/** What somebody should look at. */
function Attention({ filter }: { filter: Filter }) {
  const { t } = useTranslation(['dashboard', 'app']);
  const { me } = signedIn.useRouteContext();
  const sources = useQuery(sourcesQuery);
  const bad = useQuery(countQuery('events', { ...filter, q: faulty }));
  const queue = useQuery({ ...queueQuery, enabled: mayConnect(me.role) });
  const items: ReactNode[] = [];
  if (bad.data) {
    items.push(
      <AnchorLink to="/events" search={{ ...filter, q: faulty }}>
        {t('faultyEvents', { count: bad.data })}
      </AnchorLink>,
    );
  }
  for (const { topic, dead } of queue.data ?? []) if (dead > 0) items.push(t('deadLetters', { count: dead, topic }));
  for (const { id = '', name, enabled } of sources.data ?? []) {
    if (enabled) continue;
    items.push(
      <AnchorLink to="/sources/$id" params={{ id }} search={{ tab: 'settings' }}>
        {t('sourceOff', { name })}
      </AnchorLink>,
    );
  }
  if (items.length === 0) {
    if (bad.error || sources.error || queue.error) return <Text c="dimmed">{t('app:unknown')}</Text>;
    if (bad.data === undefined || !sources.data) return <Skeleton h={20} />;
    return <Text c="dimmed">{t('allWell')}</Text>;
  }
  return (
    <Stack gap="xs">
      {items.map((item, at) => (
        <Text key={at}>{item}</Text>
      ))}
    </Stack>
  );
}
