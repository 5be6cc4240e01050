import { ActionIcon, Button, Popover, Skeleton, Stack, Text, Tooltip } from '@mantine/core';
import { IconColumns3, IconDownload, IconRefresh } from '@tabler/icons-react';
import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { exportURL, idOf, mostRows, type Collection, type Document } from '../../api/documents';
import { useFormat } from '../../app/format';
import { useShortcut } from '../../app/shortcuts';
import { DataTable } from '../DataTable';
import { Empty } from '../Empty';
import { ErrorState } from '../ErrorState';
import { QueryBar } from '../query/QueryBar';
import { Histogram } from '../time/Histogram';
import { TimeRange, type Range } from '../time/TimeRange';
import { Views } from '../views/Views';
import { Searching } from './Searching';
import { chosenFields, columnsOf, type DocumentColumn } from './columns';
import type { Documents, ListSearch } from './useDocuments';
import styles from './DocumentList.module.css';

const ColumnChoice = lazy(() => import('./ColumnChoice'));

interface DocumentListProps {
  label: string;
  documents: Documents;
  search: ListSearch;
  /** Puts a change into the address. */
  onSearch(change: ListSearch): void;
  known: readonly DocumentColumn[];
  /** The fields that are shown when the address names none. */
  standard: readonly string[];
  onOpen(document: Document): void;
  openId?: string;
  /** Shown when there is nothing at all, not even without a condition. */
  empty: ReactNode;
  mayExport: boolean;
}

/** A list of documents: condition, time, distribution, number and rows, all in the address. */
export function DocumentList({ label, documents, search, onSearch, known, standard, onOpen, openId, empty, mayExport }: DocumentListProps) {
  const { t } = useTranslation();
  const { list, histogram, rows, length, more, refresh, stopped, collection } = documents;
  const { q = '', from = '', to = '', sort = '' } = search;
  const fields = useMemo(() => chosenFields(search.columns, standard), [search.columns, standard]);
  const filtered = q !== '' || from !== '' || to !== '';
  const columns = useMemo(() => columnsOf(fields, known), [fields, known]);
  const setRange = (range: Range) => onSearch({ from: range.from || undefined, to: range.to || undefined });
  useShortcut('r', t('list.refresh'), refresh);

  return (
    <>
      <div className={styles.bar}>
        <QueryBar collection={collection} value={q} onRun={(text) => onSearch({ q: text || undefined })} />
        <TimeRange value={{ from, to }} onChange={setRange} />
        <Tooltip label={t('list.refresh')}>
          <ActionIcon variant="default" size={32} aria-label={t('list.refresh')} onClick={refresh} loading={list.isFetching && !list.isFetchingNextPage && !list.isPending}>
            <IconRefresh size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      {(!histogram.data || histogram.isPlaceholderData) && !histogram.isFetching ? null : <Histogram label={label} counts={histogram.data} range={{ from, to }} onSelect={setRange} />}
      <div className={styles.bar}>
        <Total documents={documents} />
        <Searching documents={documents} />
        <div className={styles.tools}>
          <Views page={collection} search={search} onSearch={onSearch} />
          <Columns collection={collection} fields={fields} known={known} onChange={(columns) => onSearch({ columns: columns.join(',') === standard.join(',') ? undefined : columns.join(',') || undefined })} />
          {mayExport && <Export documents={documents} fields={fields} />}
        </div>
      </div>
      {list.error && rows.length === 0 ? (
        <ErrorState error={list.error} onRetry={refresh} />
      ) : stopped ? (
        <Empty title={t('list.stopped')} text={t('list.stoppedText')}>
          <Button variant="default" onClick={refresh}>
            {t('list.again')}
          </Button>
        </Empty>
      ) : (
        <DataTable
          label={label}
          columns={columns}
          rows={rows}
          rowId={idOf}
          total={length}
          loading={list.isPending}
          onMore={more}
          onOpen={onOpen}
          openId={openId}
          sort={sort}
          onSort={(next) => onSearch({ sort: next })}
          empty={
            filtered ? (
              <Empty title={t('list.noMatch')} text={t('list.noMatchText')}>
                <Button variant="default" onClick={() => onSearch({ q: undefined, from: undefined, to: undefined })}>
                  {t('list.clear')}
                </Button>
              </Empty>
            ) : (
              empty
            )
          }
        />
      )}
    </>
  );
}

function Total({ documents: { count, collection } }: { documents: Documents }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (count.data === undefined || (count.isPlaceholderData && !count.isFetching)) return <Text c="dimmed">{count.isFetching ? t('list.counting') : t('list.totalUnknown')}</Text>;
  return (
    <Text role="status" data-total={count.data} aria-busy={count.isPlaceholderData} className={styles.total}>
      <b className="number">{t(`list.total.${collection}`, { count: count.data, number: format.number(count.data) })}</b>
      {count.data > mostRows && (
        <Text span c="dimmed">
          {' '}
          {t('list.most', { number: format.number(mostRows) })}
        </Text>
      )}
    </Text>
  );
}

function Columns(props: { collection: Collection; fields: readonly string[]; known: readonly DocumentColumn[]; onChange(fields: string[]): void }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" width={360} trapFocus returnFocus withRoles>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} />} onClick={() => setOpened(!opened)}>
          {t('list.columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('list.columns')}>
        <Suspense fallback={<Skeleton h={80} />}>
          <ColumnChoice {...props} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}

const formats = ['csv', 'json', 'jsonl'] as const;

function Export({ documents: { collection, filter }, fields }: { documents: Documents; fields: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus withRoles>
      <Popover.Target>
        <Button variant="default" leftSection={<IconDownload size={16} />}>
          {t('list.export')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label={t('list.export')}>
        <Stack gap={2}>
          {formats.map((format) => (
            <Button key={format} component="a" variant="subtle" color="gray" justify="start" href={exportURL(collection, filter, format, fields)} download={`${collection}.${format}`}>
              {t(`list.format.${format}`)}
            </Button>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
