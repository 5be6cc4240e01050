import { createRoute } from '@tanstack/react-router';
import { page, signedIn, texts } from '../../app/routes';

export const eventTypesRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/event-types',
  validateSearch: texts('find'),
  component: page('eventtypes', () => import('./EventTypesPage'), 'EventTypesPage'),
});

export const eventTypeRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/event-types/$id',
  validateSearch: texts('from', 'to'),
  component: page('eventtypes', () => import('./EventTypePage'), 'EventTypePage'),
});
