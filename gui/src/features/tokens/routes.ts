import { createRoute } from '@tanstack/react-router';
import { developers } from '../../api/me';
import { page, signedIn } from '../../app/routes';

export const tokensRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/tokens',
  staticData: { roles: developers },
  component: page('tokens', () => import('./TokensPage'), 'TokensPage'),
});

export const newTokenRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/tokens/new',
  staticData: { roles: developers },
  component: page('tokens', () => import('./NewTokenPage'), 'NewTokenPage'),
});
