import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { textAt, valueAt } from '../../api/documents';
import { mayMarket } from '../../api/me';
import { useFormat } from '../../app/format';
import { signedIn } from '../../app/routes';
import { Empty } from '../../ui/Empty';
import { Id } from '../../ui/Id';
import type { DocumentColumn } from '../../ui/list/columns';
import { DocumentList } from '../../ui/list/DocumentList';
import { useDocuments } from '../../ui/list/useDocuments';
import { Page } from '../../ui/Page';
import { sessionsRoute } from './routes';
import { ButtonLink } from '../../ui/links';

const standardFields = ['metadata.time.insert', 'metadata.time.duration', 'app.name', 'os.name', 'device.geo.country.name', 'profile.id'];

/** All visits. One opens the profile of the visitor with the events of the visit. */
export function SessionsPage() {
  const { t } = useTranslation('sessions');
  const format = useFormat();
  const { me } = signedIn.useRouteContext();
  const search = sessionsRoute.useSearch();
  const navigate = sessionsRoute.useNavigate();
  const documents = useDocuments('sessions', search);
  const columns = useMemo<DocumentColumn[]>(
    () => [
      { id: 'metadata.time.insert', title: t('start'), width: '12rem', sort: 'metadata.time.insert', cell: (session) => format.dateTime(textAt(session, 'metadata.time.insert')) },
      { id: 'metadata.time.duration', title: t('duration'), width: '8rem', sort: 'metadata.time.duration', end: true, cell: (session) => format.duration(Number(valueAt(session, 'metadata.time.duration') ?? 0)) },
      { id: 'app.name', title: t('browser'), width: 'minmax(8rem, 1fr)', sort: 'app.name', cell: (session) => `${textAt(session, 'app.name')} ${textAt(session, 'app.version')}` },
      { id: 'os.name', title: t('system'), width: 'minmax(8rem, 1fr)', sort: 'os.name', cell: (session) => `${textAt(session, 'os.name')} ${textAt(session, 'os.version')}` },
      { id: 'device.geo.country.name', title: t('country'), width: 'minmax(7rem, 1fr)', cell: (session) => textAt(session, 'device.geo.country.name') },
      { id: 'profile.id', title: t('profile'), width: '12rem', cell: (session) => textAt(session, 'profile.id') && <Id id={textAt(session, 'profile.id')} /> },
      { id: 'id', title: t('id'), width: '12rem', cell: (session) => <Id id={session.id} /> },
    ],
    [t, format],
  );
  return (
    <Page title={t('title')} form="filling">
      <DocumentList
        label={t('title')}
        documents={documents}
        search={search}
        onSearch={(change) => void navigate({ search: (now) => ({ ...now, ...change }) })}
        known={columns}
        standard={standardFields}
        onOpen={(session) => {
          const q = `session.id = ${JSON.stringify(session.id)}`;
          const profile = textAt(session, 'profile.id');
          void (profile ? navigate({ to: '/profiles/$id', params: { id: profile }, search: { q } }) : navigate({ to: '/events', search: { q } }));
        }}
        mayExport={mayMarket(me.role)}
        empty={
          <Empty title={t('none')} text={t('noneText')} docs="tracker.md">
            <ButtonLink to="/sources">
              {t('toSources')}
            </ButtonLink>
          </Empty>
        }
      />
    </Page>
  );
}
