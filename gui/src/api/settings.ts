import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import type { components } from './schema';

export type Settings = components['schemas']['Settings'];

/** What people can say about the workspace; the server adds the rest. */
export type SettingsInput = Omit<Settings, 'version' | 'updated'>;

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: ({ signal }) => bodyOf(api.GET('/settings', { signal })),
  staleTime: 60_000,
});

/** Replaces the settings, unless somebody else changed them meanwhile. */
export const replaceSettings = (version: number, settings: SettingsInput) =>
  bodyOf(api.PUT('/settings', { params: { header: { 'If-Match': `"${version}"` } }, body: settings as Settings }));
