import { createRoute } from '@tanstack/react-router';
import { page, signedIn, texts } from '../../app/routes';
import { listParameters } from '../../ui/list/useDocuments';

export const profilesRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/profiles',
  validateSearch: texts(...listParameters),
  component: page('profiles', () => import('./ProfilesPage'), 'ProfilesPage'),
});

export const profileRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/profiles/$id',
  validateSearch: texts('tab', 'type', 'q', 'event', 'view'),
  component: page(['profiles', 'events'], () => import('./ProfilePage'), 'ProfilePage'),
});
