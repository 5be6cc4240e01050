import { createRoute } from '@tanstack/react-router';
import { page, signedIn } from '../../app/routes';

export const healthRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/health',
  component: page('health', () => import('./HealthPage'), 'HealthPage'),
});
