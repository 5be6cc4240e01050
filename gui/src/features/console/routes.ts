import { createRoute } from '@tanstack/react-router';
import { developers } from '../../api/me';
import { page, signedIn, texts } from '../../app/routes';

export const consoleRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/console',
  validateSearch: texts('source', 'type', 'profile'),
  staticData: { roles: developers },
  component: page(['console', 'events'], () => import('./ConsolePage'), 'ConsolePage'),
});
