import { describe, expect, it } from 'vitest';
import { API, browser, define, page, reply, settle } from './visit.js';

const { server, open } = browser();
const own = () => page({ url: { api: '' } });

const leave = () => dispatchEvent(new Event('pagehide'));
const hide = () => {
  define(document, 'visibilityState', 'hidden');
  document.dispatchEvent(new Event('visibilitychange'));
};
const beacons = () => Promise.all(server.beacons.map(({ body }) => body));

describe('leaving the page', () => {
  it('sends what waits as a beacon', async () => {
    open(own()).track('a').track('b');
    leave();
    expect(server.received).toEqual([]);
    expect(server.beacons).toMatchObject([{ url: '/track', type: 'application/json' }]);
    const [body] = await beacons();
    expect(body).toMatchObject({ source: { id: 'src-1' }, events: [{ type: 'a' }, { type: 'b' }] });
    await settle();
    expect(server.received).toEqual([]);
  });

  it('sends to another origin without cookies, and repeats it when that fails', async () => {
    server.answer = () => Promise.reject(new TypeError('Failed to fetch'));
    open(page()).track('a');
    leave();
    expect(server.beacons).toEqual([]);
    expect(server.received).toMatchObject([{ url: `${API}/track`, init: { keepalive: true, credentials: 'omit' } }]);
    server.answer = () => reply();
    await settle(3000);
    expect(server.received).toHaveLength(2);
  });

  it('uses a beacon for another origin where fetch ends with the page', async () => {
    define(window, 'Request', class {});
    open(page()).track('a');
    leave();
    expect(server.beacons).toHaveLength(1);
  });

  it('sends also what waits for the first answer, once', async () => {
    server.answer = () => new Promise((resolve) => setTimeout(() => resolve(reply()), 5000));
    open(own()).track('a', {}, { fire: true }).track('b', {}, { fire: true }).track('c');
    leave();
    expect((await beacons()).flatMap(({ events }) => events.map(({ type }: any) => type))).toEqual(['b', 'c']);
    await settle(10_000);
    expect(server.received).toHaveLength(1);
  });

  it.each([
    ['is refused', () => define(navigator, 'sendBeacon', () => false)],
    ['is unknown', () => define(navigator, 'sendBeacon', undefined)],
    ['has no network', () => define(navigator, 'onLine', false)],
  ])('keeps for the next page what cannot be sent because a beacon %s', async (_, prepare) => {
    prepare();
    open(own()).track('a');
    leave();
    expect(server.beacons).toEqual([]);
    expect(localStorage.getItem('tracardi-queue:src-1')).toContain('\\"type\\":\\"a\\"');
    define(navigator, 'onLine', true);
    open(own());
    await settle(3000);
    expect(server.events.map(({ type }) => type)).toContain('a');
  });

  it('splits what is too large for one beacon', async () => {
    const tracker = open(own());
    for (let i = 0; i < 8; i++) {
      tracker.track('large', { i, text: 'ä'.repeat(7000) });
    }
    leave();
    const bodies = await beacons();
    expect(bodies.flatMap(({ events }) => events.map((event: any) => event.properties.i))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const body of bodies) {
      expect(new Blob([JSON.stringify(body)]).size).toBeLessThanOrEqual(65_536);
    }
  });

  it('sends nothing when nothing waits', () => {
    open(own());
    leave();
    expect(server.beacons).toEqual([]);
  });
});

describe('going to the background', () => {
  it('sends at once and still listens to the answer', async () => {
    let context: any;
    open(page({ url: { api: '' } }, { listeners: { onTracardiReady: (ready) => (context = ready.context) } })).track('a');
    hide();
    expect(server.events).toMatchObject([{ type: 'a' }]);
    await settle();
    expect(context.profile.id).toBe('p-1');
    expect(server.received).toHaveLength(1);
  });

  it('uses a beacon where fetch ends with the page', async () => {
    define(window, 'Request', class {});
    open(own()).track('a');
    hide();
    expect(server.beacons).toHaveLength(1);
  });

  it('does nothing when the page comes back', () => {
    define(document, 'visibilityState', 'visible');
    open(own()).track('a');
    document.dispatchEvent(new Event('visibilitychange'));
    expect(server.received).toEqual([]);
  });
});

it('asBeacon sends an event at once as a beacon', async () => {
  open(own()).track('bye', { x: 1 }, { asBeacon: true });
  expect(await beacons()).toMatchObject([{ events: [{ type: 'bye', properties: { x: 1 } }] }]);
  await settle();
  expect(server.received).toEqual([]);
});

it('asBeacon works through the helpers, which cannot tell the answer', async () => {
  const answer = await open(own()).plugins.tracardi.track('bye', {}, { asBeacon: true });
  expect(answer).toEqual({ ok: false, status: 0, data: null });
  expect(server.beacons).toHaveLength(1);
});

it('what is too large to outlive the page is sent without keepalive', () => {
  open(page()).track('large', { text: 'x'.repeat(70_000) }, { fire: true });
  expect(server.received[0]!.init.keepalive).toBe(false);
});
