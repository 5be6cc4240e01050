import { createRoute } from '@tanstack/react-router';
import { page, signedIn, texts } from '../../app/routes';
import { listParameters } from '../../ui/list/useDocuments';

export const sessionsRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/sessions',
  validateSearch: texts(...listParameters),
  component: page('sessions', () => import('./SessionsPage'), 'SessionsPage'),
});
