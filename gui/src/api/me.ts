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

/** Roles that a place or a page is for. */
export const developers: readonly Role[] = ['admin', 'developer'];
export const administrators: readonly Role[] = ['admin'];

/** The roles that somebody may hand out: an administrator any, others their own and the viewer's. */
export const grantedBy = (role: Role) => roles.filter((other) => role === 'admin' || other === role || other === 'viewer');

/** All roles, the mightiest first. */
export const roles: readonly Role[] = ['admin', 'developer', 'marketer', 'viewer'];

/** Whether a role may connect systems: sources, tokens, the queue. */
export const mayConnect = (role: Role) => developers.includes(role);

/** Whether a role may make accounts and settings. */
export const mayAdminister = (role: Role) => role === 'admin';

/** Whether a role may change or take away data of customers. */
export const mayMarket = (role: Role) => role !== 'viewer';
