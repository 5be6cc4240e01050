import { createRootRouteWithContext, createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import type { Role } from '../api/client';
import { connection } from '../api/connection';
import { meQuery } from '../api/me';
import { Failure } from './shell/Failure';
import { Shell } from './shell/Shell';
import { Waiting } from './shell/Waiting';
import { NotFound } from './shell/NotFound';
import { loadWords } from './i18n';

/** Every page is below this one. */
export const root = createRootRouteWithContext<{ queries: QueryClient }>()({ errorComponent: Failure, notFoundComponent: NotFound });

/** Pages below this one are within the shell, for those who signed in. */
export const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: Shell,
  pendingComponent: Waiting,
  errorComponent: Failure,
  notFoundComponent: NotFound,
  async beforeLoad({ context, location }) {
    const me = await context.queries.ensureQueryData(meQuery);
    if (!me) throw redirect({ to: '/login', search: { next: location.href }, replace: true });
    return { me };
  },
});

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** Who may open the page; everybody when left out. */
    roles?: readonly Role[];
  }
}

/** Any address without a page is within the shell too. */
export const unknown = createRoute({ getParentRoute: () => signedIn, path: '$', component: NotFound });

/** Loads a page together with the words of the features that it shows, when it is opened for the first time. */
export function page<K extends string>(features: string | string[], load: () => Promise<Record<K, ComponentType>>, name: NoInfer<K>) {
  return lazyRouteComponent(async () => {
    try {
      const [module] = await Promise.all([load(), loadWords(features)]);
      return module;
    } catch (error) {
      throw await connection.reasonOf(error); // else the router would reload what no server sends
    }
  }, name);
}

/** Search parameters are texts. Those that are empty are left out of the address. */
export function texts<K extends string>(...names: K[]) {
  return (search: Record<string, unknown>): { [name in K]?: string } => {
    const given: { [name in K]?: string } = {};
    for (const name of names) {
      const value = search[name];
      if (value !== undefined && value !== null && value !== '') given[name] = String(value);
    }
    return given;
  };
}
