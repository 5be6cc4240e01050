import { describe, expect, it, vi } from 'vitest';
import { createTracker, type Options } from '../src/index.js';
import { API, browser, define, forbid, page, reply, settle } from './visit.js';

const { server, open, errors } = browser();

describe('listeners', () => {
  it('onInit learns the session and may track', async () => {
    const onInit = vi.fn(({ tracker }) => tracker.track('from-init'));
    const tracker = open(page({}, { listeners: { onInit } }));
    await settle();
    const { session, helpers } = onInit.mock.calls[0]![0] as any;
    expect(server.received[0]!.body).toMatchObject({ session, events: [{ type: 'from-init' }] });
    expect(helpers).toBe(tracker.plugins.tracardi);
  });

  it('onCookiesDisabled is called in a browser without cookies, and tracking goes on', async () => {
    define(navigator, 'cookieEnabled', false);
    const onCookiesDisabled = vi.fn();
    const tracker = open(page({}, { listeners: { onCookiesDisabled } })).track('a');
    await settle();
    expect(onCookiesDisabled).toHaveBeenCalledExactlyOnceWith({ tracker, helpers: tracker.plugins.tracardi });
    expect(server.events).toHaveLength(1);
  });

  it('onTracardiReady gets the answer to the first request, once', async () => {
    const call = vi.fn();
    const onTracardiReady = vi.fn();
    vi.stubGlobal('onTracardiReady', { call });
    server.answer = () => reply({ response: { banner: 'sale' } });
    const tracker = open(page({}, { listeners: { onTracardiReady } })).track('a');
    await settle();
    tracker.track('b');
    await settle();
    expect(server.received).toHaveLength(2);
    for (const listener of [call, onTracardiReady]) {
      expect(listener).toHaveBeenCalledOnce();
      expect(listener.mock.calls[0]![0]).toMatchObject({
        context: { response: { banner: 'sale' }, profile: { id: 'p-1' } },
        config: { tracker: { source: { id: 'src-1' }, context: { page: true, cookies: false } } },
      });
      expect(listener.mock.calls[0]![0].tracker).toBe(tracker);
      expect(listener.mock.calls[0]![0].helpers).toBe(tracker.plugins.tracardi);
    }
  });

  it.each([
    ['a refusal', () => reply({}, 401)],
    ['an overload', () => reply({}, 503)],
    ['no network', () => Promise.reject(new TypeError('Failed to fetch'))],
  ])('onTracardiReady gets null after %s', async (_, answer) => {
    const onTracardiReady = vi.fn();
    server.answer = answer;
    open(page({}, { listeners: { onTracardiReady } })).track('a');
    await settle();
    expect(onTracardiReady).toHaveBeenCalledOnce();
    expect(onTracardiReady.mock.calls[0]![0].context).toBeNull();
    server.answer = () => reply();
    await settle(60_000);
    expect(onTracardiReady).toHaveBeenCalledOnce();
  });

  it('that throw break nothing', async () => {
    const fail = () => {
      throw new Error('mine');
    };
    vi.stubGlobal('onTracardiReady', { call: fail });
    define(navigator, 'cookieEnabled', false);
    open(page({}, { listeners: { onInit: fail, onCookiesDisabled: fail, onTracardiReady: fail } })).track('a');
    await settle();
    expect(server.events).toHaveLength(1);
    expect(errors()).toHaveLength(4);
  });
});

describe('helpers', () => {
  it('track resolves with the response and its data', async () => {
    server.answer = () => reply({ response: { price: 3 } });
    const answer = await open(page()).plugins.tracardi.track('quote', { id: 1 }, { saveEvent: false });
    expect(answer).toMatchObject({ ok: true, status: 200, data: { response: { price: 3 } } });
    expect(server.events).toMatchObject([{ type: 'quote', properties: { id: 1 }, options: { saveEvent: false, fire: true } }]);
  });

  it('track uses an answer with errors too', async () => {
    server.answer = () => reply({ errors: ['oops'], profile: { id: 'p-8' } }, 226);
    const answer = await open(page()).plugins.tracardi.track('a');
    expect(answer).toMatchObject({ status: 226, data: { errors: ['oops'] } });
    expect(localStorage.getItem('tracardi-profile-id')).toBe('"p-8"');
    expect(String(errors()[0])).toContain('226');
  });

  it.each([
    [() => reply({}, 422), 422],
    [() => Promise.reject(new TypeError('Failed to fetch')), 0],
  ])('track never rejects', async (answer, status) => {
    server.answer = answer;
    expect(await open(page()).plugins.tracardi.track('a')).toMatchObject({ ok: false, status, data: null });
  });

  it('onClick and addListener call back', () => {
    const { onClick, addListener } = open(page()).plugins.tracardi;
    const button = document.createElement('button');
    const [clicked, focused] = [vi.fn(), vi.fn()];
    onClick(button, clicked);
    addListener(button, 'focus', focused);
    button.click();
    button.dispatchEvent(new Event('focus'));
    expect(clicked).toHaveBeenCalledOnce();
    expect(clicked.mock.calls[0]![0].target).toBe(button);
    expect(focused).toHaveBeenCalledOnce();
    expect(() => onClick(document.querySelector('#missing'), clicked)).not.toThrow();
  });
});

describe('methods', () => {
  it('can be chained and taken off the tracker', async () => {
    const tracker = open(page());
    const { track, flush, consent } = tracker;
    expect(track('a')).toBe(tracker);
    expect(flush()).toBe(tracker);
    expect(consent(true)).toBe(tracker);
    expect(server.events).toHaveLength(1);
  });

  it('the state is the one that the loader asks for', () => {
    expect(open(page()).getState().plugins['tracardi'].initialized).toBe(true);
  });
});

describe('nothing is thrown into the page', () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const hostile = {
    get type(): string {
      throw new Error('hostile');
    },
  };

  it.each([[undefined], [null], [7], [{}], [{ tracker: null }], [{ tracker: { source: {} } }], [{ tracker: { source: { id: ' ' } } }]])(
    'by options without a source: %j',
    async (options) => {
      const tracker = createTracker(options as never);
      expect(tracker.track('a').flush().consent(true).consent(false)).toBe(tracker);
      expect(await tracker.plugins.tracardi.track('a')).toMatchObject({ ok: false });
      expect(tracker.getState().plugins.tracardi).toEqual({ initialized: true, enabled: false });
      expect(tracker.config).toBeNull();
      expect(String(errors()[0])).toContain('options.tracker.source.id');
    },
  );

  it.each([
    ['circular', circular],
    ['a big number', { n: 10n }],
    ['a getter that throws', hostile],
  ])('by properties that cannot be written: %s', async (_, properties) => {
    const tracker = open(page()).track('bad', properties as never).track('good');
    expect(await tracker.plugins.tracardi.track('bad', properties as never)).toMatchObject({ ok: false });
    await settle();
    expect(server.events.map(({ type }) => type)).toEqual(['good']);
  });

  it('by null where an object is expected', async () => {
    const odd = { context: null, settings: null, external: null, auto: null, url: { api: API } } as never;
    open({ ...page(odd), listeners: null, context: null } as unknown as Options).track('a', null as never, null as never);
    await settle();
    expect(server.events).toHaveLength(1);
  });

  it.each([
    ['fetch', () => vi.stubGlobal('fetch', undefined)],
    ['fetch that throws', () => vi.stubGlobal('fetch', () => { throw new Error('no'); })],
    ['AbortController', () => vi.stubGlobal('AbortController', undefined)],
    ['crypto', () => vi.stubGlobal('crypto', undefined)],
    ['sendBeacon', () => define(navigator, 'sendBeacon', undefined)],
    ['local storage', () => forbid(window, 'localStorage')],
    ['cookies', () => forbid(document, 'cookie')],
    ['requestIdleCallback', () => vi.stubGlobal('requestIdleCallback', undefined)],
    ['Intl', () => vi.stubGlobal('Intl', undefined)],
    ['console', () => vi.stubGlobal('console', undefined)],
  ])('by a browser without %s', async (_, remove) => {
    remove();
    const tracker = open(page({ auto: { events: [['visit'], null as never], routes: true } })).track('a').track('b', {}, { fire: true });
    expect(await tracker.plugins.tracardi.track('c')).toBeDefined();
    tracker.track('d', {}, { asBeacon: true });
    await settle();
    dispatchEvent(new Event('pagehide'));
    await settle(60_000);
    vi.unstubAllGlobals();
  });

  it('ids are random also without crypto.randomUUID, as on plain http pages', async () => {
    const { getRandomValues } = crypto;
    vi.stubGlobal('crypto', { getRandomValues: getRandomValues.bind(crypto) });
    open(page()).track('a').track('b');
    await settle();
    vi.stubGlobal('crypto', undefined);
    open(page()).track('c');
    await settle();
    const ids = server.events.map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });
});
