import { createRoute } from '@tanstack/react-router';
import { page, signedIn, texts } from '../../app/routes';
import { listParameters } from '../../ui/list/useDocuments';

export const eventsRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/events',
  validateSearch: texts(...listParameters, 'event', 'tab'),
  component: page('events', () => import('./EventsPage'), 'EventsPage'),
});
