import createClient from 'openapi-fetch';
import type { components, paths } from './schema';
import { Problem, problemOf } from './problem';

type Schemas = components['schemas'];
export type Me = Schemas['Me'];
export type Source = Schemas['Source'];
export type Suggestions = Schemas['Suggestions'];
export type QueryCheck = Schemas['QueryCheck'];
export type Histogram = Schemas['Histogram'];
export type Role = Me['role'];

const client = createClient<paths>({
  baseUrl: `${location.origin}/api/v1`,
  // Looked up at each call, so that tests can answer instead of the network.
  fetch: (request) => globalThis.fetch(request),
});

client.use({
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    if (error instanceof TypeError) return new Problem(0, error.message);
  },
});

/** The admin API. Calls throw a Problem when the server refuses them. */
export const api = client;

/** The body of an answer. */
export async function bodyOf<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  return data as T;
}
