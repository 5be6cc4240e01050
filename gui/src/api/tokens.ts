import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import type { components } from './schema';

export type Token = components['schemas']['Token'];
export type NewToken = components['schemas']['NewToken'];

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: async ({ signal }) => (await bodyOf(api.GET('/tokens', { signal }))).items,
});

export const createToken = (token: NewToken) => bodyOf(api.POST('/tokens', { body: token }));

export const deleteToken = (id: string) => api.DELETE('/tokens/{id}', { params: { path: { id } } });
