import { createRouter } from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import { accountRoute, loginRoute, setupRoute } from '../features/account/routes';
import { consoleRoute } from '../features/console/routes';
import { dashboardRoute } from '../features/dashboard/routes';
import { eventsRoute } from '../features/events/routes';
import { eventTypeRoute, eventTypesRoute } from '../features/eventtypes/routes';
import { healthRoute } from '../features/health/routes';
import { liveRoute } from '../features/live/routes';
import { profileRoute, profilesRoute } from '../features/profiles/routes';
import { sessionsRoute } from '../features/sessions/routes';
import { settingsRoute } from '../features/settings/routes';
import { newSourceRoute, sourceRoute, sourcesRoute } from '../features/sources/routes';
import { newTokenRoute, tokensRoute } from '../features/tokens/routes';
import { newUserRoute, userRoute, usersRoute } from '../features/users/routes';
import { root, signedIn, unknown } from './routes';
import { Failure } from './shell/Failure';

const tree = root.addChildren([
  loginRoute,
  setupRoute,
  signedIn.addChildren([
    dashboardRoute,
    liveRoute,
    eventsRoute,
    eventTypesRoute,
    eventTypeRoute,
    profilesRoute,
    profileRoute,
    sessionsRoute,
    sourcesRoute,
    newSourceRoute,
    sourceRoute,
    consoleRoute,
    usersRoute,
    newUserRoute,
    userRoute,
    tokensRoute,
    newTokenRoute,
    healthRoute,
    settingsRoute,
    accountRoute,
    unknown,
  ]),
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultErrorComponent: Failure, // of each page, so that the menu stays when one breaks
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    // Addresses are for people: plain texts, no JSON.
    parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
    stringifySearch(search) {
      const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '');
      const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
      return text && `?${text.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%40', '@').replaceAll('%2F', '/')}`;
    },
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
