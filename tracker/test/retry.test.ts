import { describe, expect, it, vi } from 'vitest';
import { browser, define, page, reply, settle } from './visit.js';

const { server, open, errors } = browser();
const QUEUE = 'tracardi-queue:src-1';
const MINUTE = 60_000;

const types = () => server.events.map(({ type }) => type);
const kept = () => JSON.parse(localStorage.getItem(QUEUE) ?? '{"entries":[]}').entries.length;
const one = ({ type = 'old', at = 0, born = Date.now(), pause = 0 } = {}) =>
  JSON.stringify({ pause, failures: 0, entries: [{ id: 'e', body: `{"events":[{"type":"${type}"}]}`, tries: 1, at, born }] });
const refuse = (status: number, headers = {}) => () => reply({}, status, headers);
const lost = () => Promise.reject(new TypeError('Failed to fetch'));

describe('a request that fails', () => {
  it.each([
    ['the network', lost],
    ['status 500', refuse(500)],
    ['status 502', refuse(502)],
    ['status 503', refuse(503)],
    ['status 429', refuse(429)],
  ])('because of %s is repeated, with the same event ids', async (_, answer) => {
    server.answer = answer;
    open(page()).track('a').track('b');
    await settle();
    expect(server.received).toHaveLength(1);
    expect(kept()).toBe(1);
    server.answer = () => reply();
    await settle(3000);
    expect(server.received).toHaveLength(2);
    expect(server.received[1]!.body).toEqual(server.received[0]!.body);
    expect(localStorage.getItem('tracardi-profile-id')).toBe('"p-1"');
    expect(localStorage.getItem(QUEUE)).toBeNull();
    await settle(60 * MINUTE);
    expect(server.received).toHaveLength(2);
  });

  it.each([400, 401, 403, 404, 406, 413, 422])('because of status %i is not', async (status) => {
    server.answer = refuse(status);
    open(page()).track('a');
    await settle(60 * MINUTE);
    expect(server.received).toHaveLength(1);
    expect(String(errors()[0])).toContain(`status ${status}`);
  });

  it('is repeated when no answer came for half a minute', async () => {
    server.answer = ({ init }) =>
      new Promise((_, reject) => init.signal!.addEventListener('abort', () => reject(new DOMException('late', 'AbortError'))));
    open(page()).track('a');
    await settle(29_000);
    expect(kept()).toBe(0);
    await settle(2000);
    expect(kept()).toBe(1);
  });

  it('is not repeated because of an answer that is no JSON', async () => {
    server.answer = () => ({ ok: true, status: 200, headers: new Headers(), json: () => Promise.reject(new SyntaxError()) });
    open(page()).track('a');
    await settle(10 * MINUTE);
    expect(server.received).toHaveLength(1);
  });
});

describe('the pace', () => {
  it('slows down', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const at: number[] = [];
    server.answer = () => {
      at.push(Date.now());
      return lost();
    };
    open(page()).track('a', {}, { fire: true });
    await settle(20 * MINUTE);
    const waits = at.slice(1).map((time, i) => (time - at[i]!) / 1000);
    expect(waits.slice(0, 10)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
  });

  it.each([
    [429, '120'],
    [503, '120'],
    [503, 'Wed, 01 May 2030 10:02:00 GMT'],
  ])('is the one that the server asks for with status %i and Retry-After %s', async (status, wait) => {
    server.answer = refuse(status, { 'Retry-After': wait });
    const tracker = open(page()).track('a', {}, { fire: true });
    await settle(1000);
    server.answer = () => reply();
    tracker.track('b', {}, { fire: true });
    await settle(118_000);
    expect(types()).toEqual(['a']);
    await settle(5000);
    expect(types()).toEqual(['a', 'a', 'b']);
  });

  it('is kept by the next page too', async () => {
    server.answer = refuse(429, { 'Retry-After': '60' });
    open(page()).track('a', {}, { fire: true });
    await settle(1000);
    open(page()).track('b', {}, { fire: true });
    await settle(50_000);
    expect(types()).toEqual(['a']);
  });

  it('is not slower than an hour, whatever the server says', async () => {
    server.answer = refuse(503, { 'Retry-After': '999999' });
    open(page()).track('a', {}, { fire: true });
    await settle(1000);
    server.answer = () => reply();
    await settle(61 * MINUTE);
    expect(types()).toEqual(['a', 'a']);
  });

  it('gives way to a network that comes back', async () => {
    server.answer = lost;
    open(page()).track('a', {}, { fire: true });
    await settle(5 * MINUTE);
    define(navigator, 'onLine', false);
    const tried = server.received.length;
    await settle(30 * MINUTE);
    expect(server.received.length).toBe(tried);
    define(navigator, 'onLine', true);
    server.answer = () => reply();
    dispatchEvent(new Event('online'));
    await settle(10);
    expect(server.received.length).toBe(tried + 1);
    expect(kept()).toBe(0);
  });

  it('spares a server in trouble: one request at a time', async () => {
    localStorage.setItem('tracardi-profile-id', '"p-1"');
    server.answer = lost;
    const tracker = open(page());
    for (let i = 0; i < 10; i++) {
      tracker.track('a', {}, { fire: true });
    }
    await settle(10);
    expect(server.received).toHaveLength(10);
    await settle(MINUTE);
    expect(server.received.length).toBeLessThan(20);
  });
});

describe('the queue', () => {
  it('outlives the page', async () => {
    localStorage.setItem(QUEUE, one());
    open(page());
    await settle(2000);
    expect(types()).toEqual(['old']);
    expect(kept()).toBe(0);
  });

  it('is bounded: the newest stay', async () => {
    localStorage.setItem('tracardi-profile-id', '"p-1"');
    server.answer = lost;
    const tracker = open(page());
    for (let i = 0; i < 60; i++) {
      tracker.track(`e-${i}`, {}, { fire: true });
    }
    await settle(10);
    expect(kept()).toBe(50);
    expect(localStorage.getItem(QUEUE)).toContain('e-59');
    expect(localStorage.getItem(QUEUE)).not.toContain('e-9\\"');
    for (let i = 0; i < 5; i++) {
      tracker.track('large', { text: 'x'.repeat(90_000) }, { fire: true });
    }
    await settle(10);
    expect(kept()).toBe(2);
  });

  it('forgets what is a day old', async () => {
    localStorage.setItem(QUEUE, one({ born: Date.now() - 25 * 60 * MINUTE }));
    open(page());
    await settle(5000);
    expect(server.received).toEqual([]);
  });

  it('gives up after twenty tries, and one bad request does not block the others', async () => {
    localStorage.setItem('tracardi-profile-id', '"p-1"');
    server.answer = ({ body }) => (body.events[0].type === 'bad' ? reply({}, 500) : reply());
    const tracker = open(page()).track('bad', {}, { fire: true });
    await settle(100);
    server.answer = lost;
    tracker.track('good', {}, { fire: true });
    await settle(100);
    server.answer = ({ body }) => (body.events[0].type === 'bad' ? reply({}, 500) : reply());
    await settle(10_000);
    expect(localStorage.getItem(QUEUE)).toContain('bad');
    expect(localStorage.getItem(QUEUE)).not.toContain('good');
    await settle(3 * 60 * MINUTE);
    expect(types().filter((type) => type === 'bad')).toHaveLength(20);
    expect(kept()).toBe(0);
  });

  it.each(['rubbish', '[]', '7', '{"entries":7}', '{"entries":[null,{"body":1}]}', 'null'])(
    'works again after %s was found in its place',
    async (rubbish) => {
      localStorage.setItem(QUEUE, rubbish);
      server.answer = lost;
      open(page()).track('a');
      await settle();
      expect(kept()).toBe(1);
    },
  );

  it('is shared by several tabs: one of them sends', async () => {
    localStorage.setItem(QUEUE, one());
    server.answer = () => new Promise((resolve) => setTimeout(() => resolve(reply()), 5000));
    open(page());
    open(page());
    await settle(20_000);
    expect(types()).toEqual(['old']);
  });

  it('belongs to one event source', async () => {
    localStorage.setItem(QUEUE, one({ type: 'old' }));
    open(page({ source: { id: 'src-2' } })).track('b');
    await settle(5000);
    expect(types()).toEqual(['b']);
    expect(kept()).toBe(1);
  });

  it('does not wait for hours when the clock was put back', async () => {
    const at = Date.now() + 48 * 60 * MINUTE;
    localStorage.setItem(QUEUE, one({ at, born: at, pause: at }));
    open(page());
    await settle(2000);
    expect(types()).toEqual(['old']);
  });
});

it('shows nothing that an earlier page asked for', async () => {
  server.answer = lost;
  open(page()).track('a');
  await settle();
  server.answer = () => reply({ ux: [{ tag: 'div', content: 'late' }] });
  await settle(5000);
  expect(server.received).toHaveLength(2);
  expect(document.body.textContent).toBe('');
});
