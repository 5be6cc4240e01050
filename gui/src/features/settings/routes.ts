import { createRoute } from '@tanstack/react-router';
import { administrators } from '../../api/me';
import { page, signedIn } from '../../app/routes';

export const settingsRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/settings',
  staticData: { roles: administrators },
  component: page('settings', () => import('./SettingsPage'), 'SettingsPage'),
});
