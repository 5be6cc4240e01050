import { createRoute } from '@tanstack/react-router';
import { administrators } from '../../api/me';
import { page, signedIn } from '../../app/routes';

export const usersRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/users',
  staticData: { roles: administrators },
  component: page('users', () => import('./UsersPage'), 'UsersPage'),
});

export const newUserRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/users/new',
  staticData: { roles: administrators },
  component: page('users', () => import('./NewUserPage'), 'NewUserPage'),
});

export const userRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/users/$id',
  staticData: { roles: administrators },
  component: page('users', () => import('./UserPage'), 'UserPage'),
});
