import { Badge } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Source } from '../../api/client';
import { topQuery } from '../../api/documents';
import { mayConnect } from '../../api/me';
import { sourcesQuery } from '../../api/sources';
import { useFormat } from '../../app/format';
import { signedIn } from '../../app/routes';
import { useShortcut } from '../../app/shortcuts';
import { DataTable, type Column } from '../../ui/DataTable';
import { Empty } from '../../ui/Empty';
import { ErrorState } from '../../ui/ErrorState';
import { Id } from '../../ui/Id';
import { ButtonLink } from '../../ui/links';
import { Page } from '../../ui/Page';
import { sourcesRoute } from './routes';

const day = { q: '', from: '-24h', to: '' };

/** Where events come from. */
export function SourcesPage() {
  const { t } = useTranslation(['sources', 'app']);
  const format = useFormat();
  const { me } = signedIn.useRouteContext();
  const navigate = sourcesRoute.useNavigate();
  const sources = useQuery(sourcesQuery);
  const volumes = useQuery(topQuery('events', 'source.id', day, 1000));
  const mayCreate = mayConnect(me.role);
  useShortcut('n', t('new'), () => void navigate({ to: '/sources/new' }), mayCreate);

  const columns = useMemo<Column<Source>[]>(
    () => [
      { id: 'name', title: t('name'), width: 'minmax(10rem, 2fr)', cell: (source) => source.name },
      { id: 'state', title: t('state'), width: '7rem', cell: (source) => (source.enabled ? <Badge color="teal">{t('on')}</Badge> : <Badge color="gray">{t('off')}</Badge>) },
      { id: 'types', title: t('ways'), width: 'minmax(8rem, 1fr)', cell: (source) => source.types?.map((type) => t(`way.${type}`)).join(', ') },
      {
        id: 'volume',
        title: t('volume'),
        width: '9rem',
        end: true,
        cell: (source) => (volumes.data ? format.number(volumes.data.find(({ value }) => value === source.id)?.count ?? 0) : volumes.isError ? t('app:unknown') : '…'),
      },
      { id: 'channel', title: t('channel'), width: 'minmax(6rem, 1fr)', cell: (source) => source.channel },
      { id: 'id', title: t('id'), width: 'minmax(10rem, 1fr)', cell: (source) => <Id id={source.id ?? ''} /> },
    ],
    [t, format, volumes.data, volumes.isError],
  );
  const create = mayCreate && (
    <ButtonLink to="/sources/new" leftSection={<IconPlus size={16} />}>
      {t('new')}
    </ButtonLink>
  );
  return (
    <Page title={t('title')} actions={create}>
      {sources.error && !sources.data ? (
        <ErrorState error={sources.error} onRetry={() => void sources.refetch()} />
      ) : sources.data?.length === 0 ? (
        <Empty title={t('none')} text={t('noneText')} docs="tracker.md">
          {create}
        </Empty>
      ) : (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={sources.data ?? []}
          rowId={(source) => source.id ?? ''}
          loading={sources.isPending}
          onOpen={({ id = '' }) => void navigate({ to: '/sources/$id', params: { id } })}
          fitted
        />
      )}
    </Page>
  );
}
