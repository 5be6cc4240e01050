import { Badge } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { faulty, histogramQuery, textAt, topQuery, type Filter } from '../../api/documents';
import { eventTypesQuery, newestOfTypeQuery } from '../../api/eventtypes';
import { useFormat } from '../../app/format';
import { mayConnect } from '../../api/me';
import { signedIn } from '../../app/routes';
import { usePreferences } from '../../app/preferences';
import { ErrorState } from '../../ui/ErrorState';
import { CountFigure, Figure, Figures } from '../../ui/figures/Figure';
import { TopSources } from '../../ui/figures/TopSources';
import { ButtonLink } from '../../ui/links';
import { Page } from '../../ui/Page';
import { Panel } from '../../ui/Panel';
import { Histogram } from '../../ui/time/Histogram';
import { TimeRange } from '../../ui/time/TimeRange';
import { About } from './About';
import styles from './EventTypePage.module.css';
import { KnownProperties, SeenProperties } from './Properties';
import { eventTypeRoute } from './routes';

const sampled = 100; // events that properties are read from

/** Everything about one type of events: how many, from where, and what they carry. */
export function EventTypePage() {
  const { t } = useTranslation('eventtypes');
  const format = useFormat();
  const { zone } = usePreferences();
  const { me } = signedIn.useRouteContext();
  const { id } = eventTypeRoute.useParams();
  const { from = '', to = '' } = eventTypeRoute.useSearch();
  const navigate = eventTypeRoute.useNavigate();
  const range = useMemo(() => ({ from, to }), [from, to]);
  const q = `type = ${JSON.stringify(id)}`;
  const filter: Filter = { q, ...range };
  const histogram = useQuery(histogramQuery('events', filter, zone));
  const newest = useQuery(newestOfTypeQuery(id, sampled));
  const types = useQuery(eventTypesQuery);
  const sources = useQuery(topQuery('events', 'source.id', filter, 1000));
  const known = types.data?.find((type) => type.id === id);
  const last = newest.data?.[0];
  const setRange = ({ from, to }: { from: string; to: string }) => void navigate({ search: { from: from || undefined, to: to || undefined } });

  return (
    <Page
      title={id}
      above={{ to: '/event-types', label: t('title') }}
      mark={types.data && !known && <Badge color="gray">{t('own')}</Badge>}
      actions={
        <>
          <TimeRange value={range} onChange={setRange} />
          {mayConnect(me.role) && (
            <ButtonLink to="/console" search={{ type: id }} variant="default">
              {t('send')}
            </ButtonLink>
          )}
          <ButtonLink to="/events" search={filter} variant="default">
            {t('events')}
          </ButtonLink>
        </>
      }
    >
      <Figures>
        <CountFigure label={t('range')} filter={filter} />
        <Figure label={t('lastSeen')} value={newest.data && (last ? format.ago(textAt(last, 'metadata.time.insert')) : t('never'))} failed={newest.isError} />
        <CountFigure label={t('faulty')} filter={{ ...filter, q: `${q} AND (${faulty})` }} />
        <Figure label={t('sources')} value={sources.data && format.number(sources.data.length)} failed={sources.isError} />
      </Figures>
      <Panel title={t('overTime')}>
        {histogram.error && !histogram.data ? (
          <ErrorState error={histogram.error} onRetry={() => void histogram.refetch()} />
        ) : (
          <Histogram label={id} counts={histogram.data} range={range} onSelect={setRange} />
        )}
      </Panel>
      <div className={styles.panels}>
        <Panel title={t('aboutTitle')}>
          {types.error && !types.data ? <ErrorState error={types.error} onRetry={() => void types.refetch()} /> : <About type={known} loading={types.isPending} />}
        </Panel>
        <Panel title={t('sources')}>
          <TopSources filter={filter} />
        </Panel>
      </div>
      <Panel title={t('seenProperties')}>
        {newest.error && !newest.data ? <ErrorState error={newest.error} onRetry={() => void newest.refetch()} /> : <SeenProperties events={newest.data} />}
      </Panel>
      {known && known.properties.length > 0 && (
        <Panel title={t('knownProperties')}>
          <KnownProperties type={known} />
        </Panel>
      )}
    </Page>
  );
}
