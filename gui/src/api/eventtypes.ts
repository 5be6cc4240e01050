import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import type { Document } from './documents';
import type { components } from './schema';

export type EventType = components['schemas']['EventType'];

/** The types that Tracardi knows. */
export const eventTypesQuery = queryOptions({
  queryKey: ['event-types'],
  queryFn: async ({ signal }) => (await bodyOf(api.GET('/event-types', { signal }))).items,
  staleTime: Infinity,
});

/** The newest events of a type. */
export function newestOfTypeQuery(type: string, limit: number) {
  return queryOptions({
    queryKey: ['events', 'newest of type', type, limit],
    queryFn: async ({ signal }) => {
      const query = { q: `type = ${JSON.stringify(type)}`, limit, total: false };
      return (await bodyOf(api.GET('/events', { params: { query }, signal }))).items as Document[];
    },
  });
}
