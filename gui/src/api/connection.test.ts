import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ConnectionWatch } from './connection';
import { Problem } from './problem';

const lost = new Problem(0, 'Failed to fetch');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('counts down, tries again with growing pauses, and asks for the data anew when the server is back', async () => {
  const answers = [Promise.reject(new TypeError('no')), Promise.resolve(new Response('', { status: 502 })), Promise.resolve(new Response('{}'))];
  for (const answer of answers) answer.catch(() => {});
  const fetched = vi.fn(() => answers.shift());
  vi.stubGlobal('fetch', fetched);
  const watch = new ConnectionWatch();
  const queries = new QueryClient();
  const anew = vi.spyOn(queries, 'invalidateQueries');
  watch.attach(queries);

  watch.failed(lost);
  watch.failed(lost); // many requests fail at the same time
  const seen: (number | undefined)[] = [];
  for (let second = 0; second < 11; second++) {
    seen.push(watch.state().retryIn);
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(seen).toEqual([2, 1, 3, 2, 1, 5, 4, 3, 2, 1, undefined]);
  expect(fetched).toHaveBeenCalledTimes(3);
  expect(anew).toHaveBeenCalledTimes(1);
});

it('tells a lost server from a part of the application that is gone', async () => {
  const watch = new ConnectionWatch();
  const broken = new TypeError('Failed to fetch dynamically imported module');
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{}')));
  expect(await watch.reasonOf(broken)).toBe(broken);
  expect(watch.state().retryIn).toBeUndefined();
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no')));
  expect(await watch.reasonOf(broken)).toMatchObject({ lost: true });
  expect(watch.state().retryIn).toBe(2);
});

it('tells the end of the session until somebody signed in', () => {
  const watch = new ConnectionWatch();
  watch.failed(new Problem(500, 'other'));
  expect(watch.state().sessionEnded).toBe(false);
  watch.failed(new Problem(401, 'expired'));
  expect(watch.state()).toEqual({ sessionEnded: true });
  watch.resumed();
  expect(watch.state().sessionEnded).toBe(false);
});
