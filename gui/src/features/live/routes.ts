import { createRoute } from '@tanstack/react-router';
import { page, signedIn, texts } from '../../app/routes';

export const liveRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/live',
  validateSearch: texts('q', 'event', 'tab'),
  component: page(['live', 'events'], () => import('./LivePage'), 'LivePage'),
});
