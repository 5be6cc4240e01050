import { createRoute } from '@tanstack/react-router';
import { page, signedIn, texts } from '../../app/routes';

export const dashboardRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  validateSearch: texts('from', 'to'),
  component: page('dashboard', () => import('./DashboardPage'), 'DashboardPage'),
});
