import { Paper, Skeleton, Stack, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { countQuery, histogramQuery, topQuery, type Filter } from '../../api/documents';
import { mayConnect } from '../../api/me';
import { queueQuery } from '../../api/queue';
import { sourcesQuery } from '../../api/sources';
import { useFormat } from '../../app/format';
import { usePreferences } from '../../app/preferences';
import { signedIn } from '../../app/routes';
import { Empty } from '../../ui/Empty';
import { ErrorState } from '../../ui/ErrorState';
import { AnchorLink, ButtonLink } from '../../ui/links';
import { Page } from '../../ui/Page';
import { Histogram } from '../../ui/time/Histogram';
import { TimeRange } from '../../ui/time/TimeRange';
import styles from './DashboardPage.module.css';
import { dashboardRoute } from './routes';

const faulty = 'metadata.error = true OR metadata.valid = false';
const present = 'metadata.time.update >= now-5m';
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
        <Empty title={t('begin')} text={t('beginText')}>
          <ButtonLink to="/sources/new">{t('firstSource')}</ButtonLink>
        </Empty>
      </Page>
    );
  }
  return (
    <Page title={t('title')} actions={<TimeRange value={range} onChange={setRange} />}>
      <div className={styles.numbers}>
        <Figure label={t('events')} filter={filter} to="/events" />
        <Figure label={t('present')} filter={{ q: present, from: '', to: '' }} of="sessions" to="/sessions" hint={t('presentHint')} />
        <Figure label={t('newProfiles')} filter={filter} of="profiles" to="/profiles" />
        <Figure label={t('faulty')} filter={{ ...filter, q: faulty }} to="/events" />
      </div>
      <Panel title={t('overTime')}>
        {histogram.error && !histogram.data ? (
          <ErrorState error={histogram.error} onRetry={() => void histogram.refetch()} />
        ) : (
          <Histogram label={t('events')} counts={histogram.data} range={range} onSelect={setRange} />
        )}
      </Panel>
      <div className={styles.panels}>
        <Panel title={t('topTypes')}>
          <Top field="type" filter={filter} />
        </Panel>
        <Panel title={t('topSources')}>
          <Top field="source.id" filter={filter} />
        </Panel>
        <Panel title={t('attention')}>
          <Attention filter={filter} />
        </Panel>
      </div>
    </Page>
  );
}

function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="lg" component="section" aria-label={title}>
      <Text component="h2" fw={600} mb="sm" mt={0}>
        {title}
      </Text>
      {children}
    </Paper>
  );
}

/** A number that leads to what it counts. */
function Figure({ label, filter, of = 'events', to, hint }: { label: string; filter: Filter; of?: 'events' | 'sessions' | 'profiles'; to: string; hint?: string }) {
  const format = useFormat();
  const count = useQuery({ ...countQuery(of, filter), refetchInterval: refreshEvery });
  const { t } = useTranslation('dashboard');
  return (
    <Paper withBorder p="lg" title={hint}>
      <Text c="dimmed">{label}</Text>
      <Text size="xl" fw={600} className="number" data-figure={of}>
        {count.data === undefined ? count.error ? t('unknown') : <Skeleton component="span" display="inline-block" h={20} w={60} /> : <AnchorLink to={to} search={filter}>{format.number(count.data)}</AnchorLink>}
      </Text>
    </Paper>
  );
}

const shownValues = 8;

/** The most frequent values of a field, with bars. */
function Top({ field, filter }: { field: string; filter: Filter }) {
  const { t } = useTranslation('dashboard');
  const format = useFormat();
  const top = useQuery({ ...topQuery('events', field, filter, shownValues), refetchInterval: refreshEvery, placeholderData: keepPreviousData });
  if (top.error && !top.data) return <ErrorState error={top.error} onRetry={() => void top.refetch()} />;
  if (!top.data) return <Skeleton h={160} />;
  if (top.data.length === 0) return <Text c="dimmed">{t('nothing')}</Text>;
  const most = top.data[0]?.count ?? 1;
  return (
    <ul className={styles.top}>
      {top.data.map(({ value, count }) => (
        <li key={String(value)}>
          <AnchorLink to="/events" search={{ ...filter, q: `${field} = ${JSON.stringify(value)}` }} className={styles.name}>
            {String(value)}
          </AnchorLink>
          <span className={styles.track} aria-hidden>
            <span style={{ width: `${(count / most) * 100}%` }} />
          </span>
          <span className="number">{format.number(count)}</span>
        </li>
      ))}
    </ul>
  );
}

/** What somebody should look at. */
function Attention({ filter }: { filter: Filter }) {
  const { t } = useTranslation('dashboard');
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
  if (items.length === 0) return <Text c="dimmed">{t('allWell')}</Text>;
  return (
    <Stack gap="xs">
      {items.map((item, at) => (
        <Text key={at}>{item}</Text>
      ))}
    </Stack>
  );
}
