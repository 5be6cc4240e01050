import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf, type Source } from './client';

/** What a person can say about a source; the server adds the rest. */
export type SourceInput = Omit<Source, 'version' | 'created' | 'updated'>;

export const sourcesQuery = queryOptions({
  queryKey: ['sources'],
  queryFn: async ({ signal }) => (await bodyOf(api.GET('/sources', { signal }))).items,
});

export function sourceQuery(id: string) {
  return queryOptions({
    queryKey: ['sources', id],
    queryFn: ({ signal }) => bodyOf(api.GET('/sources/{id}', { params: { path: { id } }, signal })),
  });
}

export const createSource = (source: SourceInput) => bodyOf(api.POST('/sources', { body: source as Source }));

export const changeSource = (id: string, change: Partial<SourceInput>) =>
  bodyOf(api.PATCH('/sources/{id}', { params: { path: { id } }, body: change as Source }));

export const deleteSource = (id: string) => api.DELETE('/sources/{id}', { params: { path: { id } } });
