import { queryOptions, type QueryClient } from '@tanstack/react-query';
import { api, bodyOf, type Role } from './client';
import { Problem } from './problem';

/** Who is signed in, or null. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => {
    try {
      return await bodyOf(api.GET('/me', { signal }));
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Infinity,
});

/** Whether the first administrator is still to be made. */
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => bodyOf(api.GET('/setup', { signal })),
});

/** Signs in and keeps who that is. */
export async function signIn(queries: QueryClient, email: string, password: string) {
  const me = await bodyOf(api.POST('/login', { body: { email, password } }));
  queries.setQueryData(meQuery.queryKey, me);
  return me;
}

const developers: readonly Role[] = ['admin', 'developer'];

/** Whether a role may connect systems: sources, tokens, the queue. */
export const mayConnect = (role: Role) => developers.includes(role);

/** Whether a role may change or take away data of customers. */
export const mayMarket = (role: Role) => role !== 'viewer';
