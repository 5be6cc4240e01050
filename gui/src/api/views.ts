import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import type { components } from './schema';

export type View = components['schemas']['View'];
export type ViewPage = View['page'];

/** What a view keeps of a list. */
export type ViewContent = Pick<View, 'q' | 'from' | 'to' | 'sort' | 'columns'>;

export const viewsQuery = queryOptions({
  queryKey: ['views'],
  queryFn: async ({ signal }) => (await bodyOf(api.GET('/views', { signal }))).items,
});

export const createView = (view: ViewContent & Pick<View, 'name' | 'page' | 'shared'>) => bodyOf(api.POST('/views', { body: view as View }));

/** Replaces a view, for everybody who sees it. */
export const replaceView = (id: string, view: ViewContent & Pick<View, 'name' | 'page' | 'shared'>) =>
  bodyOf(api.PUT('/views/{id}', { params: { path: { id } }, body: view as View }));

export const deleteView = (id: string) => api.DELETE('/views/{id}', { params: { path: { id } } });
