import { Badge, Button, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { idOf, type Document } from '../../api/documents';
import { useShortcut } from '../../app/shortcuts';
import { DataTable } from '../../ui/DataTable';
import { Empty } from '../../ui/Empty';
import { ErrorState } from '../../ui/ErrorState';
import { ButtonLink } from '../../ui/links';
import { columnsOf } from '../../ui/list/columns';
import { Page } from '../../ui/Page';
import { QueryBar } from '../../ui/query/QueryBar';
import { standardFields, useEventColumns } from '../events/columns';
import { Views } from '../../ui/views/Views';
import { EventBeside } from '../events/EventBeside';
import { liveRoute } from './routes';
import { useTail } from './useTail';

const sayEvery = 5000; // milliseconds

/** Events as they come in. The condition is the server's, so that what matches is not drowned by the rest. */
export function LivePage() {
  const { q = '' } = liveRoute.useSearch();
  return <Live key={q} q={q} />;
}

function Live({ q }: { q: string }) {
  const { t } = useTranslation(['live', 'app']);
  const search = liveRoute.useSearch();
  const navigate = liveRoute.useNavigate();
  const known = useEventColumns();
  const columns = useMemo(() => columnsOf(standardFields, known), [known]);
  const { tail, paused, toggle, newest } = useTail(q);
  useShortcut('space', paused ? t('resume') : t('pause'), toggle);
  const show = (event: string | undefined, replace: boolean) => void navigate({ search: (now) => ({ ...now, event, tab: event && now.tab }), replace });

  return (
    <Page
      title={t('title')}
      form="filling"
      mark={paused ? <Badge color="yellow">{t('new', { count: tail.waiting.length })}</Badge> : null}
      actions={
        <>
          <Views page="live" search={search} onSearch={({ q }) => void navigate({ search: { q } })} />
          <Button variant="default" leftSection={paused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />} onClick={toggle} aria-pressed={paused}>
            {paused ? t('resume') : t('pause')}
          </Button>
        </>
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
          columns={columns}
          rows={tail.shown}
          rowId={idOf}
          loading={newest.isPending}
          onOpen={(event) => show(event.id, false)}
          openId={search.event ?? ''}
          empty={
            <Empty title={q ? t('waitingFor', { q }) : t('waiting')} text={t('waitingText')} docs="tracker.md">
              {q ? (
                <Button variant="default" onClick={() => void navigate({ search: {} })}>
                  {t('app:list.clear')}
                </Button>
              ) : (
                <ButtonLink to="/sources">{t('toSources')}</ButtonLink>
              )}
            </Empty>
          }
        />
      )}
      {tail.skipped > 0 && <Text c="dimmed">{t('skipped', { count: tail.skipped })}</Text>}
      <Announcement shown={tail.shown} />
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

/** Tells those who listen that events came in, not more often than they can bear. */
function Announcement({ shown }: { shown: readonly Document[] }) {
  const { t } = useTranslation('live');
  const latest = useRef(shown);
  const told = useRef(shown[0]?.id);
  const [said, setSaid] = useState({ turn: 0, text: '' });
  useEffect(() => {
    latest.current = shown;
  });
  useEffect(() => {
    const timer = setInterval(() => {
      const at = latest.current.findIndex(({ id }) => id === told.current);
      const count = at < 0 ? latest.current.length : at;
      told.current = latest.current[0]?.id;
      setSaid(({ turn }) => ({ turn: turn + 1, text: count > 0 ? t('came', { count }) : '' }));
    }, sayEvery);
    return () => clearInterval(timer);
  }, [t]);
  return (
    <div className="unseen" role="status" data-announcement>
      {/* Another element each time: the same words in the same one would not be read out again. */}
      <span key={said.turn}>{said.text}</span>
    </div>
  );
}
