import { describe, expect, it, vi } from 'vitest';
import { API, browser, define, go, HOME, page, settle, withContext } from './visit.js';

const { server, open, errors } = browser();
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the request', () => {
  it('carries all events of the page load in one batch', async () => {
    open(page({ auto: { events: [['page-view', { section: 'shoes' }], ['visit']] } }))
      .track('product-viewed', { id: 'A-1' })
      .track('liked');
    await settle();
    expect(server.received).toHaveLength(1);
    expect(server.events.map(({ type, properties }) => [type, properties])).toEqual([
      ['page-view', { section: 'shoes' }],
      ['visit', {}],
      ['product-viewed', { id: 'A-1' }],
      ['liked', {}],
    ]);
  });

  it('is a JSON post without cookies and with the local time', async () => {
    open(page()).track('page-view');
    await settle();
    const { url, init } = server.received[0]!;
    expect(url).toBe(`${API}/track`);
    expect(init).toMatchObject({ method: 'POST', credentials: 'omit', keepalive: true });
    const headers = init.headers as Record<string, string>;
    expect(headers['Content-Type']).toBe('application/json');
    const sent = Number(headers['x-timestamp']);
    const now = Date.now() + new Date().getTimezoneOffset() * 60_000;
    expect(now - sent).toBeLessThanOrEqual(1000);
  });

  it.each([
    [API + '/', `${API}/track`],
    ['', '/track'],
    ['/cdp', '/cdp/track'],
    ['//cdp.example', '//cdp.example/track'],
  ])('goes to %s/track', async (api, url) => {
    open(page({ url: { api } })).track('page-view');
    await settle();
    expect(server.received[0]!.url).toBe(url);
  });

  it('has the shape that servers know', async () => {
    define(navigator, 'javaEnabled', () => false);
    open(page({}, { context: { gpu: { vendor: { id: 37445, name: 'v' } } } })).track('page-view');
    await settle();
    const { body } = server.received[0]!;
    expect(Object.keys(body)).toEqual(['source', 'context', 'profile', 'device', 'session', 'options', 'events']);
    expect(body).toMatchObject({ source: { id: 'src-1' }, profile: null, options: {} });
    expect(body.device.id).toMatch(UUID);
    expect(body.session.id).toMatch(UUID);
    expect(Object.keys(body.context)).toEqual(['time', 'device', 'browser', 'screen']);
    expect(body.context.time.local).toMatch(/^2030-05-01T10:00:00\.\d{3}Z$/);
    expect(body.context.time.tz).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
    expect(body.context.device).toEqual({ gpu: { vendor: { id: 37445, name: 'v' } } });
    expect(body.context.browser.local).toEqual({
      browser: {
        name: expect.any(String), engine: navigator.product, appVersion: navigator.appVersion, userAgent: navigator.userAgent,
        language: navigator.language, onLine: true, javaEnabled: false, cookieEnabled: true,
      },
      device: { platform: navigator.platform },
    });
    expect(Object.keys(body.context.screen.local)).toEqual([
      'width', 'height', 'innerWidth', 'innerHeight', 'availWidth', 'availHeight', 'colorDepth', 'pixelDepth', 'orientation',
    ]);
  });

  it('takes its options from window.response.context', async () => {
    vi.stubGlobal('response', { context: { saveEvents: false } });
    open(page()).track('page-view');
    await settle();
    expect(server.received[0]!.body.options).toEqual({ saveEvents: false });
  });

  it('names the profile that the options fix', async () => {
    open(page({ profile: { id: 'fixed' } })).track('a', {}, { fire: true });
    await settle();
    expect(server.received[0]!.body.profile).toEqual({ id: 'fixed' });
  });
});

describe('an event', () => {
  it('has an id, a time and the page as context', async () => {
    define(document, 'title', 'Shoes');
    go(`${HOME}?page=2#top`);
    open(page()).track('page-view');
    await settle();
    const [event] = server.events;
    expect(event.id).toMatch(UUID);
    expect(event.time.create).toBe('2030-05-01T10:00:00.000Z');
    expect(event).not.toHaveProperty('options');
    expect(event.context).toEqual({
      page: {
        url: `${HOME}?page=2#top`, path: '/catalogue', hash: '#top', title: 'Shoes',
        referer: { host: null, query: null }, history: { length: history.length },
      },
    });
  });

  it.each([
    ['https://search.example/find?q=red+shoes', { host: 'search.example', query: 'red shoes' }],
    ['https://search.example/?p=boots', { host: 'search.example', query: 'boots' }],
    ['https://blog.example/post', { host: 'blog.example', query: null }],
    ['https://shop.example/other?q=x', { host: null, query: null }],
    ['', { host: null, query: null }],
  ])('tells that the visitor came from %s', async (referrer, referer) => {
    define(document, 'referrer', referrer);
    open(page()).track('page-view');
    await settle();
    expect(server.events[0].context.page.referer).toEqual(referer);
  });

  it('passes options on and merges their context into its own', async () => {
    open(page()).track('buy', {}, { saveEvent: false, async: false, context: { shelf: 3 } });
    await settle();
    const [{ options, context }] = server.events;
    expect(options).toEqual({ saveEvent: false, async: false });
    expect(context).toMatchObject({ shelf: 3, page: { path: '/catalogue' } });
  });

  it('keeps the properties as they were when it happened', async () => {
    const basket = { items: ['A-1'] };
    open(page()).track('basket', basket);
    basket.items.push('A-2');
    await settle();
    expect(server.events[0].properties).toEqual({ items: ['A-1'] });
  });

  it.each([['text'], [[1, 2]], [7]])('leaves out properties that are no object: %j', async (properties) => {
    open(page()).track('odd', properties as never);
    await settle();
    expect(server.events[0].properties).toEqual({});
    expect(String(errors()[0])).toContain('properties of event odd must be an object');
  });

  it.each([[''], ['  '], [undefined], [null], [{}]])('needs a type: %j', async (type) => {
    open(page()).track(type as never);
    await settle();
    expect(server.received).toEqual([]);
  });
});

describe('the context', () => {
  it('leaves out what the options switch off', async () => {
    go(`${HOME}?utm_source=news&__tr_pid=p-9&__tr_src=other`);
    document.cookie = '_ga=GA1.2.3; path=/';
    open(withContext({ browser: false, screen: false, page: false, ids: false, tracardiPass: false, utm: false })).track('a');
    await settle();
    expect(Object.keys(server.received[0]!.body.context)).toEqual(['time']);
    expect(server.events[0].context).toEqual({});
  });

  it('tells the campaign', async () => {
    go(`${HOME}?utm_source=news&utm_medium=mail&utm_campaign=may&utm_term=&x=1`);
    open(page()).track('a');
    await settle();
    expect(server.received[0]!.body.context.utm).toEqual({ source: 'news', medium: 'mail', campaign: 'may' });
  });

  it('tells which profile of another site came', async () => {
    go(`${HOME}?__tr_pid=p-9&__tr_src=other`);
    open(page()).track('a');
    await settle();
    expect(server.received[0]!.body.context.tracardi).toEqual({ pass: { profile: 'p-9', source: 'other' } });
  });

  it.each(['?__tr_pid=p-9', '?__tr_src=other', ''])('tells no other profile for %s', async (query) => {
    go(HOME + query);
    open(page()).track('a');
    await settle();
    expect(server.received[0]!.body.context).not.toHaveProperty('tracardi');
  });

  it('carries the id that Google Analytics gave', async () => {
    document.cookie = '_ga=GA1.2.3; path=/';
    open(page()).track('a');
    await settle();
    expect(server.received[0]!.body.context.ids).toEqual({ ga: 'GA1.2.3' });
  });

  it('carries cookies, storage and load times only when asked, and never its own queue', async () => {
    localStorage.setItem('basket', '["A-1"]');
    localStorage.setItem('tracardi-queue:src-1', '{}');
    document.cookie = 'theme=dark%21; path=/';
    define(performance, 'getEntriesByType', () => [{ toJSON: () => ({ duration: 12 }) }]);
    open(withContext({ cookies: true, storage: true, performance: true })).track('a');
    await settle();
    const { context } = server.received[0]!.body;
    expect(context.storage.local.basket).toBe('["A-1"]');
    expect(Object.keys(context.storage.local).filter((key) => key.startsWith('tracardi-queue'))).toEqual([]);
    expect(context.storage.cookies.cookies1).toContain('theme=dark%21');
    expect(context.storage.cookies.cookies2).toContain('theme=dark!');
    expect(server.events[0].context.performance).toEqual({ duration: 12 });
  });

  it.each([
    ['Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36', 'chrome'],
    ['Mozilla/5.0 (Windows) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0', 'edge'],
    ['Mozilla/5.0 (Windows) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 OPR/115.0', 'opera'],
    ['Mozilla/5.0 (X11; rv:130.0) Gecko/20100101 Firefox/130.0', 'firefox'],
    ['Mozilla/5.0 (iPhone) AppleWebKit/605 (KHTML, like Gecko) Version/17.0 Mobile Safari/604.1', 'safari'],
    ['curl/8', 'n/a'],
  ])('names the browser of %s', async (userAgent, name) => {
    define(navigator, 'userAgent', userAgent);
    open(page()).track('a');
    await settle();
    expect(server.received[0]!.body.context.browser.local.browser.name).toBe(name);
  });
});

describe('the moment of sending', () => {
  it('is at once for an event that is fired', () => {
    open(page()).track('click', { id: 1 }, { fire: true });
    expect(server.events).toMatchObject([{ type: 'click', options: { fire: true } }]);
  });

  it('can be asked for', () => {
    open(page()).track('a').flush();
    expect(server.events).toHaveLength(1);
  });

  it('comes earlier when very many events wait', async () => {
    const tracker = open(page());
    for (let i = 0; i < 250; i++) {
      tracker.track('a');
    }
    await settle();
    expect(server.received.map(({ body }) => body.events.length)).toEqual([200, 50]);
  });

  it('waits for the first answer as long as the visitor is unknown', async () => {
    let answered = (_: unknown) => {};
    server.answer = () => new Promise((resolve) => (answered = resolve));
    const tracker = open(page()).track('first', {}, { fire: true }).track('second', {}, { fire: true });
    await settle();
    expect(server.events.map(({ type }) => type)).toEqual(['first']);
    const { reply } = await import('./visit.js');
    answered(reply({ profile: { id: 'p-7' } }));
    await settle();
    expect(server.events.map(({ type }) => type)).toEqual(['first', 'second']);
    expect(server.received[1]!.body.profile).toEqual({ id: 'p-7' });
    tracker.track('third', {}, { fire: true }).track('fourth', {}, { fire: true });
    expect(server.events).toHaveLength(4);
  });
});
