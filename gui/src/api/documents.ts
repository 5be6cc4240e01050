import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from './client';

/** The collections that can be searched. */
export type Collection = 'events' | 'sessions' | 'profiles';

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A stored document. */
export type Document = { id: string } & Record<string, Json>;

/** The id of a document, as one function for all renders. */
export const idOf = ({ id }: Document) => id;

/** What selects documents: a condition and a time. Empty texts are no limit. */
export interface Filter {
  q: string;
  from: string;
  to: string;
}

/** The most documents that a list loads: more rows are not read but narrowed down, or exported. */
export const mostRows = 10_000;

const pageSizes = { first: 100, next: 500 };

// The three collections have the same routes; the types of one stand for all.
const path = <T extends string>(collection: Collection, rest: T) => `/${collection}${rest}` as `/events${T}`;

export function listQuery(collection: Collection, filter: Filter, sort: string) {
  return infiniteQueryOptions({
    queryKey: [collection, 'list', filter, sort],
    queryFn: async ({ signal, pageParam }) => {
      const limit = pageParam ? pageSizes.next : pageSizes.first;
      const query = { ...given(filter), ...(sort && { sort }), ...(pageParam && { cursor: pageParam }), limit, total: false };
      const page = await bodyOf(api.GET(path(collection, ''), { params: { query }, signal }));
      return { items: page.items as Document[], next: page.next };
    },
    initialPageParam: '',
    getNextPageParam: (last, pages) => (pages.reduce((sum, page) => sum + page.items.length, 0) < mostRows ? last.next : undefined),
    placeholderData: keepPreviousData,
  });
}

export function countQuery(collection: Collection, filter: Filter) {
  return queryOptions({
    queryKey: [collection, 'count', filter],
    queryFn: async ({ signal }) => {
      const answer = await bodyOf(api.GET(path(collection, '/count'), { params: { query: given(filter) }, signal }));
      return answer.count;
    },
    placeholderData: keepPreviousData,
  });
}

export function histogramQuery(collection: Collection, filter: Filter, tz: string) {
  return queryOptions({
    queryKey: [collection, 'histogram', filter, tz],
    queryFn: ({ signal }) => bodyOf(api.GET(path(collection, '/histogram'), { params: { query: { ...given(filter), tz } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function topQuery(collection: Collection, field: string, filter: Filter, n: number) {
  return queryOptions({
    queryKey: [collection, 'top', field, filter, n],
    queryFn: async ({ signal }) => {
      const answer = await bodyOf(api.GET(path(collection, '/top/{field}'), { params: { path: { field }, query: { ...given(filter), n } }, signal }));
      return answer.values;
    },
    placeholderData: keepPreviousData,
  });
}

export function documentQuery(collection: Collection, id: string) {
  return queryOptions({
    queryKey: [collection, 'one', id],
    queryFn: async ({ signal }) => (await bodyOf(api.GET(path(collection, '/{id}'), { params: { path: { id } }, signal }))) as Document,
  });
}

export function timelineQuery(profile: string, filter: Filter) {
  return infiniteQueryOptions({
    queryKey: ['profiles', 'timeline', profile, filter],
    queryFn: async ({ signal, pageParam }) => {
      const query = { ...given(filter), ...(pageParam && { cursor: pageParam }), limit: 50 };
      const page = await bodyOf(api.GET('/profiles/{id}/timeline', { params: { path: { id: profile }, query }, signal }));
      return { items: page.items as Document[], next: page.next };
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
}

/** The address of a download of all matches. */
export function exportURL(collection: Collection, filter: Filter, format: 'csv' | 'json' | 'jsonl', fields: readonly string[]): string {
  const query = new URLSearchParams({ ...given(filter), format });
  if (format === 'csv' && fields.length > 0) query.set('fields', fields.join(','));
  return `/api/v1/${collection}/export?${query}`;
}

/** The condition of events that failed or were invalid. */
export const faulty = 'metadata.error = true OR metadata.valid = false';

/** Leaves out what is empty, which the API takes for a value. */
function given(filter: Filter): Partial<Filter> {
  return Object.fromEntries(Object.entries(filter).filter(([, text]) => text !== ''));
}

/** The value at a dotted path, or undefined. Names that hold dots themselves are found too. */
export function valueAt(document: Json | undefined, dotted: string): Json | undefined {
  if (document === null || typeof document !== 'object' || Array.isArray(document)) return undefined;
  if (Object.hasOwn(document, dotted)) return document[dotted];
  for (let dot = dotted.indexOf('.'); dot > 0; dot = dotted.indexOf('.', dot + 1)) {
    const name = dotted.slice(0, dot);
    if (!Object.hasOwn(document, name)) continue;
    const found = valueAt(document[name], dotted.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The text at a dotted path; empty when there is none. */
export function textAt(document: Json | undefined, dotted: string): string {
  const value = valueAt(document, dotted);
  return value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The flat list of what an object holds: dotted paths and values that are no objects. */
export function leavesOf(value: Json | undefined, prefix = ''): [path: string, value: Json][] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value === undefined ? [] : [[prefix, value]];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, prefix ? `${prefix}.${name}` : name));
}
