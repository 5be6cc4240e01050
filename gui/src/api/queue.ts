import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from './client';

/** How much work waits, topic by topic. */
export const queueQuery = queryOptions({
  queryKey: ['queue'],
  queryFn: async ({ signal }) => (await bodyOf(api.GET('/queue', { signal }))).items,
});
