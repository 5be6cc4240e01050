import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import type { components } from './schema';

export type Health = components['schemas']['Health'];
export type HealthProblem = components['schemas']['HealthProblem'];

const every = 5000; // milliseconds

/** How the installation does, over all of its processes; looked at again and again. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => bodyOf(api.GET('/health', { signal })),
  refetchInterval: every,
});
