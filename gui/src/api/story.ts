import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import type { components } from './schema';

export type Story = components['schemas']['Story'];
export type MappedTo = components['schemas']['MappedTo'];
export type Identity = components['schemas']['Identity'];
export type Trial = components['schemas']['Trial'];

/** What happened to a stored event. */
export function storyQuery(id: string) {
  return queryOptions({
    queryKey: ['events', 'story', id],
    queryFn: ({ signal }) => bodyOf(api.GET('/events/{id}/story', { params: { path: { id } }, signal })),
  });
}

/** What would become of a payload; nothing is stored. */
export const tryPayload = (payload: unknown) => bodyOf(api.POST('/events/test', { body: payload }));
