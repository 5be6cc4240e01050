import { createRoute } from '@tanstack/react-router';
import { page, signedIn, texts } from '../../app/routes';

export const eventTypesRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/event-types',
  validateSearch: texts('find', 'type'),
  component: page('eventtypes', () => import('./EventTypesPage'), 'EventTypesPage'),
});
