import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { countQuery, histogramQuery, listQuery, mostRows, type Collection, type Document } from '../../api/documents';
import { usePreferences } from '../../app/preferences';

/** What the address says about a list. What is left out is empty. */
export interface ListSearch {
  q?: string;
  from?: string;
  to?: string;
  /** A field, with a dash before it for descending. */
  sort?: string;
  /** Fields, divided by commas. */
  columns?: string;
}

/** The names of the parameters, for the routes of lists. */
export const listParameters = ['q', 'from', 'to', 'sort', 'columns'] as const;

/** The documents that a list shows, page by page, with their number and their distribution over time. */
export function useDocuments(collection: Collection, { q = '', from = '', to = '', sort = '' }: ListSearch) {
  const { zone } = usePreferences();
  const queries = useQueryClient();
  const filter = useMemo(() => ({ q, from, to }), [q, from, to]);
  const list = useInfiniteQuery(listQuery(collection, filter, sort));
  const count = useQuery(countQuery(collection, filter));
  const histogram = useQuery(histogramQuery(collection, filter, zone));

  const rows = useMemo<Document[]>(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const { fetchNextPage, hasNextPage, isFetching, isError } = list;
  const more = useCallback(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const refresh = () => {
    void list.refetch();
    void count.refetch();
    void histogram.refetch();
  };
  const searching = (list.isFetching && !list.isFetchingNextPage) || count.isFetching || histogram.isFetching;
  const stop = () => {
    for (const part of ['list', 'count', 'histogram']) void queries.cancelQueries({ queryKey: [collection, part] });
  };
  // Rows of an earlier search say nothing about the one that was stopped.
  const stopped = list.fetchStatus === 'idle' && (list.isPending || list.isPlaceholderData);
  // Where the end was reached the rows say how many there are: the count may be older or newer than they.
  const length = hasNextPage ? Math.max(rows.length + 1, Math.min(count.data ?? 0, mostRows)) : rows.length;
  return { collection, filter, list, count, histogram, rows, length, more, refresh, searching, stop, stopped };
}

export type Documents = ReturnType<typeof useDocuments>;
