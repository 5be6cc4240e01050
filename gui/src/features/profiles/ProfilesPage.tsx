import { Text } from '@mantine/core';
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
import { shown } from '../../ui/Masked';
import { Page } from '../../ui/Page';
import { nameOf } from './person';
import { profilesRoute } from './routes';
import { ButtonLink } from '../../ui/links';

const standardFields = ['name', 'data.contact.email.main', 'metadata.time.update', 'stats.visits', 'segments', 'id'];

/** Everybody who is known. One opens the page of the person. */
export function ProfilesPage() {
  const { t } = useTranslation('profiles');
  const format = useFormat();
  const { me } = signedIn.useRouteContext();
  const search = profilesRoute.useSearch();
  const navigate = profilesRoute.useNavigate();
  const documents = useDocuments('profiles', search);
  const columns = useMemo<DocumentColumn[]>(
    () => [
      {
        id: 'name',
        title: t('name'),
        width: 'minmax(10rem, 1.5fr)',
        cell: (profile) =>
          shown(nameOf(profile)) || (
            <Text span c="dimmed">
              {t('anonymous')}
            </Text>
          ),
      },
      { id: 'data.contact.email.main', title: t('email'), width: 'minmax(12rem, 1.5fr)', sort: me.personal_data ? 'data.contact.email.main' : undefined, cell: (profile) => shown(textAt(profile, 'data.contact.email.main')) },
      { id: 'metadata.time.update', title: t('updated'), width: '12rem', sort: 'metadata.time.update', cell: (profile) => format.dateTime(textAt(profile, 'metadata.time.update')) },
      { id: 'metadata.time.insert', title: t('created'), width: '12rem', sort: 'metadata.time.insert', cell: (profile) => format.dateTime(textAt(profile, 'metadata.time.insert')) },
      { id: 'stats.visits', title: t('visits'), width: '6rem', sort: 'stats.visits', end: true, cell: (profile) => format.number(Number(valueAt(profile, 'stats.visits') ?? 0)) },
      { id: 'segments', title: t('segments'), width: 'minmax(8rem, 1fr)', cell: (profile) => (Array.isArray(profile.segments) ? profile.segments.join(', ') : '') },
      { id: 'id', title: t('id'), width: '12rem', cell: (profile) => <Id id={profile.id} /> },
    ],
    [t, format, me.personal_data],
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
        onOpen={({ id }) => void navigate({ to: '/profiles/$id', params: { id } })}
        mayExport={mayMarket(me.role)}
        empty={
          <Empty title={t('none')} text={t('noneText')} docs="architecture.md">
            <ButtonLink to="/sources">
              {t('toSources')}
            </ButtonLink>
          </Empty>
        }
      />
    </Page>
  );
}
