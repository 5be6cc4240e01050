import { createRoute } from '@tanstack/react-router';
import { page, signedIn, texts } from '../../app/routes';

export const sourcesRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/sources',
  component: page('sources', () => import('./SourcesPage'), 'SourcesPage'),
});

export const newSourceRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/sources/new',
  component: page('sources', () => import('./NewSourcePage'), 'NewSourcePage'),
});

export const sourceRoute = createRoute({
  getParentRoute: () => signedIn,
  path: '/sources/$id',
  validateSearch: texts('tab'),
  component: page('sources', () => import('./SourcePage'), 'SourcePage'),
});
