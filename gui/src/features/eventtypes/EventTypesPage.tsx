import { Badge, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { topQuery } from '../../api/documents';
import { eventTypesQuery, type EventType } from '../../api/eventtypes';
import { useFormat } from '../../app/format';
import { DataTable, type Column } from '../../ui/DataTable';
import { Empty } from '../../ui/Empty';
import { ErrorState } from '../../ui/ErrorState';
import { Page } from '../../ui/Page';
import { eventTypesRoute } from './routes';

/** A type that is predefined, was seen, or both. */
interface Row {
  id: string;
  known?: EventType;
  count: number;
}

const week = { q: '', from: '-7d', to: '' };
const mostSeen = 1000;

/** What kinds of events there are: those that came in, and those that Tracardi knows. */
export function EventTypesPage() {
  const { t } = useTranslation('eventtypes');
  const format = useFormat();
  const { find = '' } = eventTypesRoute.useSearch();
  const navigate = eventTypesRoute.useNavigate();
  const known = useQuery(eventTypesQuery);
  const seen = useQuery(topQuery('events', 'type', week, mostSeen));

  const rows = useMemo(() => {
    const all = new Map<string, Row>();
    for (const { value, count } of seen.data ?? []) all.set(String(value), { id: String(value), count });
    for (const each of known.data ?? []) all.set(each.id, { id: each.id, known: each, count: all.get(each.id)?.count ?? 0 });
    const wanted = find.toLowerCase();
    return [...all.values()]
      .filter(({ id, known }) => `${id} ${known?.name ?? ''} ${known?.domain ?? ''}`.toLowerCase().includes(wanted))
      .sort((a, b) => b.count - a.count || a.id.localeCompare(b.id));
  }, [known.data, seen.data, find]);
  const columns = useMemo<Column<Row>[]>(
    () => [
      { id: 'id', title: t('type'), width: 'minmax(12rem, 1fr)', cell: ({ id }) => id },
      { id: 'count', title: t('volume'), width: '9rem', end: true, cell: ({ count }) => (count > 0 ? format.number(count) : '') },
      { id: 'domain', title: t('domain'), width: '9rem', cell: ({ known }) => known?.domain ?? <Badge color="gray">{t('own')}</Badge> },
      { id: 'description', title: t('description'), width: 'minmax(14rem, 2fr)', cell: ({ known }) => known?.description },
    ],
    [t, format],
  );
  return (
    <Page title={t('title')} form="filling">
      <TextInput
        maw={360}
        leftSection={<IconSearch size={14} aria-hidden />}
        placeholder={t('find')}
        aria-label={t('find')}
        value={find}
        onChange={(event) => {
          const text = event.currentTarget.value;
          void navigate({ search: (now) => ({ ...now, find: text || undefined }), replace: true });
        }}
      />
      {known.error && !known.data ? (
        <ErrorState error={known.error} onRetry={() => void known.refetch()} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={rows}
          rowId={({ id }) => id}
          loading={known.isPending || seen.isPending}
          onOpen={({ id }) => void navigate({ to: '/event-types/$id', params: { id } })}
          empty={<Empty title={t('noMatch')} />}
        />
      )}
    </Page>
  );
}
