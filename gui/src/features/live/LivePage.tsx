import { Badge, Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, bodyOf } from '../../api/client';
import type { Document } from '../../api/documents';
import { useShortcut } from '../../app/shortcuts';
import { DataTable } from '../../ui/DataTable';
import { Empty } from '../../ui/Empty';
import { ErrorState } from '../../ui/ErrorState';
import { columnsOf } from '../../ui/list/columns';
import { Page } from '../../ui/Page';
import { QueryBar } from '../../ui/query/QueryBar';
import { standardFields, useEventColumns } from '../events/columns';
import { EventBeside } from '../events/EventBeside';
import { liveRoute } from './routes';
import { emptyTail, received, resumed } from './tail';

const askEvery = 800; // milliseconds
const askedFor = 200; // events

/** Events as they come in. The condition is the server's, so that what matches is not drowned by the rest. */
export function LivePage() {
  const { q = '' } = liveRoute.useSearch();
  return <Live key={q} q={q} />;
}

function Live({ q }: { q: string }) {
  const { t } = useTranslation('live');
  const search = liveRoute.useSearch();
  const navigate = liveRoute.useNavigate();
  const [paused, setPaused] = useState(false);
  const [tail, setTail] = useState(emptyTail);
  const columns = useEventColumns();
  const newest = useQuery({
    queryKey: ['events', 'live', q],
    queryFn: async ({ signal }) => (await bodyOf(api.GET('/events', { params: { query: { ...(q && { q }), limit: askedFor, total: false } }, signal }))).items as Document[],
    refetchInterval: askEvery,
    staleTime: 0,
    gcTime: 0,
  });
  useEffect(() => {
    if (newest.data) setTail((tail) => received(tail, newest.data, paused));
  }, [newest.data, paused]);
  const toggle = () => {
    if (paused) setTail(resumed);
    setPaused(!paused);
  };
  useShortcut('space', paused ? t('resume') : t('pause'), toggle);
  const show = (event: string | undefined, replace: boolean) => void navigate({ search: (now) => ({ ...now, event, tab: event && now.tab }), replace });

  return (
    <Page
      title={t('title')}
      form="filling"
      mark={paused ? <Badge color="yellow">{t('new', { count: tail.waiting.length })}</Badge> : null}
      actions={
        <Button variant="default" leftSection={paused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />} onClick={toggle} aria-pressed={paused}>
          {paused ? t('resume') : t('pause')}
        </Button>
      }
    >
      <div>
        <QueryBar collection="events" value={q} onRun={(text) => void navigate({ search: { q: text || undefined } })} />
      </div>
      {newest.error && tail.shown.length === 0 ? (
        <ErrorState error={newest.error} onRetry={() => void newest.refetch()} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columnsOf(standardFields, columns).map(({ sort: _, ...column }) => column)}
          rows={tail.shown}
          rowId={(event) => event.id}
          loading={newest.isPending}
          onOpen={(event) => show(event.id, false)}
          openId={search.event ?? ''}
          empty={<Empty title={q ? t('waitingFor', { q }) : t('waiting')} text={t('waitingText')} />}
        />
      )}
      <EventBeside
        id={search.event}
        tab={search.tab}
        rows={tail.shown}
        onShow={(id) => show(id, true)}
        onTab={(tab) => void navigate({ search: (now) => ({ ...now, tab }), replace: true })}
        onClose={() => show(undefined, false)}
      />
    </Page>
  );
}
