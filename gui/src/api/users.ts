import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import type { components } from './schema';

export type User = components['schemas']['User'];
export type NewUser = components['schemas']['NewUser'];
export type UserChange = components['schemas']['UserChange'];

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: async ({ signal }) => (await bodyOf(api.GET('/users', { signal }))).items,
});

export function userQuery(id: string) {
  return queryOptions({
    queryKey: ['users', id],
    queryFn: ({ signal }) => bodyOf(api.GET('/users/{id}', { params: { path: { id } }, signal })),
  });
}

export const createUser = (user: NewUser) => bodyOf(api.POST('/users', { body: user }));

export const changeUser = (id: string, change: UserChange) => bodyOf(api.PATCH('/users/{id}', { params: { path: { id } }, body: change }));

export const deleteUser = (id: string) => api.DELETE('/users/{id}', { params: { path: { id } } });
