import { createRoute, redirect } from '@tanstack/react-router';
import { meQuery, setupQuery } from '../../api/me';
import { page, root, signedIn, texts } from '../../app/routes';

export const loginRoute = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: texts<'next'>('next'),
  async beforeLoad({ context, search }) {
    if (await context.queries.ensureQueryData(meQuery)) throw redirect({ href: within(search.next), replace: true });
  },
  loader: ({ context }) => context.queries.ensureQueryData(setupQuery),
  component: page('account', () => import('./LoginPage'), 'LoginPage'),
});

export const setupRoute = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: texts('token'),
  loader: ({ context }) => context.queries.fetchQuery(setupQuery),
  component: page('account', () => import('./SetupPage'), 'SetupPage'),
});

export const accountRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/account',
  component: page('account', () => import('./AccountPage'), 'AccountPage'),
});

/** An address of this application: links from outside must not lead people elsewhere after they signed in. */
export function within(address: string | undefined): string {
  if (!address?.startsWith('/')) return '/';
  const url = new URL(address, location.origin);
  return url.origin === location.origin ? url.pathname + url.search + url.hash : '/';
}
