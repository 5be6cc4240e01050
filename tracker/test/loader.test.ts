// These tests run the built script in pages of their own, loaded as browsers load it.
import { readFileSync } from 'node:fs';
import { runInContext } from 'node:vm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Window } from 'happy-dom';

const built = readFileSync('dist/liliput.min.js', 'utf8');
const loader = `<script>${readFileSync('test/loader.js', 'utf8')}</script>`;
const documentation = readFileSync('../docs/tracker.md', 'utf8');
const opened: Window[] = [];

interface Visit {
  window: any;
  sent: { url: string; body: any }[];
  /** Waits until so many requests were sent and answered. */
  requests(count: number): Promise<any[]>;
}

/**
 * Opens a page: its scripts share one global scope, as in a browser; those with an address run the built script, and their
 * load event follows at once. Then the document is ready. /track is answered here, by a server that knows profile p-1.
 */
function visit(html: string, { url = 'https://shop.example/page', navigator = {} } = {}): Visit {
  const sent: Visit['sent'] = [];
  const window: any = new Window({
    url,
    settings: {
      enableJavaScriptEvaluation: true,
      suppressInsecureJavaScriptEnvironmentWarning: true,
      disableJavaScriptFileLoading: true,
      handleDisabledFileLoadingAsSuccess: true,
      fetch: {
        interceptor: {
          beforeAsyncRequest: async ({ request }) => {
            sent.push({ url: request.url, body: JSON.parse(await request.text()) });
            return window.Response.json({ ux: [], response: { banner: 'sale' }, profile: { id: 'p-1' }, session: { id: 's' } });
          },
        },
      },
    },
  });
  opened.push(window);
  const { document } = window;
  Object.entries(navigator).forEach(([name, value]) => define(window.navigator, name, value));
  define(document, 'readyState', 'loading');
  document.addEventListener('load', ({ target }: any) => run(window, built, target), true);
  for (const script of new window.DOMParser().parseFromString(html, 'text/html').querySelectorAll('script')) {
    if (script.src) {
      document.head.append(document.importNode(script, true));
    } else {
      run(window, script.textContent, script);
    }
  }
  define(document, 'readyState', 'interactive');
  document.dispatchEvent(new window.Event('DOMContentLoaded'));
  return {
    window,
    sent,
    requests: async (count) => {
      await vi.waitFor(() => expect(sent.length).toBeGreaterThanOrEqual(count), { timeout: 3000 });
      await window.happyDOM.waitUntilComplete();
      expect(sent).toHaveLength(count);
      return sent.map(({ body }) => body);
    },
  };
}

function run(window: any, code: string, script: unknown): void {
  define(window.document, 'currentScript', script);
  runInContext(code, window);
  define(window.document, 'currentScript', null);
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true });
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((window) => window.happyDOM.close()));
});

const types = (body: any) => body.events.map(({ type }: any) => type);
const optionsText = (rest = '') =>
  `{ tracker: { url: { script: 'https://cdp.example/tracker', api: 'https://cdp.example' }, source: { id: 'src-1' } ${rest} } }`;

describe('a page with the original inline loader', () => {
  it.each(['const', 'var', 'let'])('works, options declared with %s', async (keyword) => {
    const { window, sent, requests } = visit(`${loader}<script>
      ${keyword} options = ${optionsText()};
      window.tracker.track('page-view', { a: 1 }).track('visit', {}, { saveEvent: false });
      window.onTracardiReady.bind(function (ready) { window.ready = ready; });
      window.response.context = { saveSession: false };
    </script>`);
    const [body] = await requests(1);
    expect(sent[0]!.url).toBe('https://cdp.example/track');
    expect(body).toMatchObject({
      source: { id: 'src-1' },
      profile: null,
      options: { saveSession: false },
      context: { device: { gpu: null } },
      events: [
        { type: 'page-view', properties: { a: 1 } },
        { type: 'visit', properties: {}, options: { saveEvent: false } },
      ],
    });
    expect(window.tracker).toBe(window.tracardi.default);
    expect(window.config.tracker.source.id).toBe('src-1');
    expect(window.ready.tracker).toBe(window.tracker);
    expect(window.ready.context.response.banner).toBe('sale');
    expect(window.ready.config).toBe(window.config);
    expect(window.localStorage.getItem('tracardi-profile-id')).toBe('"p-1"');

    const answer = await window.ready.helpers.track('more', { b: 2 });
    expect(answer.data.profile.id).toBe('p-1');
    window.tracker.track('later');
    expect((await requests(3)).map(types)).toEqual([['page-view', 'visit'], ['more'], ['later']]);
  });

  it('finds the script beside the page when its address is null', async () => {
    const { requests } = visit(`${loader}<script>
      var options = ${optionsText().replace("'https://cdp.example/tracker'", 'null')};
      tracker.track('a');
    </script>`);
    expect(types((await requests(1))[0])).toEqual(['a']);
  });

  it('sends the events of auto.events and of the page together', async () => {
    const { requests } = visit(`${loader}<script>
      const options = ${optionsText(", auto: { events: [['auto', { x: 1 }]] }")};
      tracker.track('a');
    </script>`);
    expect(types((await requests(1))[0])).toEqual(['auto', 'a']);
  });

  it('is not tracked when the browser asks so by Global Privacy Control, which the loader does not know', async () => {
    const { window, sent } = visit(
      `${loader}<script>const options = ${optionsText(', settings: { respectDoNotTrack: true }')}; tracker.track('a');</script>`,
      { navigator: { globalPrivacyControl: true } },
    );
    await window.happyDOM.waitUntilComplete();
    expect(window.tracker).toBe(window.tracardi.default);
    expect(sent).toEqual([]);
    expect(window.localStorage.length).toBe(0);
  });

  it('keeps what the page itself calls config', async () => {
    const { window, requests } = visit(`<script>var config = { mine: true };</script>${loader}<script>
      var options = ${optionsText()};
      tracker.track('a');
    </script>`);
    await requests(1);
    expect(window.config).toEqual({ mine: true });
  });
});

describe('our own install', () => {
  const snippet = /```html snippet\n([^]*?)```/.exec(documentation)![1]!;
  const oneTag = /```html tag\n([^]*?)```/.exec(documentation)![1]!;

  it('the documented snippet works', async () => {
    const { window, sent, requests } = visit(`${snippet}<script>
      tracker.track('basket', { items: 2 });
      onTracardiReady.bind(function (ready) { window.early = ready.context.profile.id; });
    </script>`);
    expect(types((await requests(1))[0])).toEqual(['page-view', 'basket']);
    expect(sent[0]!.url).toBe('https://cdp.example.com/track');
    expect(window.tracker).toBe(window.tracardi.default);
    expect(window.early).toBe('p-1');
    window.onTracardiReady.bind((ready: any) => (window.late = ready.context.profile.id));
    expect(window.late).toBe('p-1');
  });

  it('the documented single tag works, and follows routes', async () => {
    const { window, sent, requests } = visit(oneTag);
    const [body] = await requests(1);
    expect(sent[0]!.url).toBe('https://cdp.example.com/track');
    expect(body).toMatchObject({ source: { id: 'SOURCE-ID' }, events: [{ type: 'page-view' }] });
    window.history.pushState({}, '', '/next');
    expect((await requests(2))[1].events).toMatchObject([{ type: 'page-view', context: { page: { path: '/next' } } }]);
    window.tracker.track('a', {}, { fire: true });
    expect(types((await requests(3))[2])).toEqual(['a']);
  });

  it.each([
    ['src="https://shop.example/data/tracker/liliput.min.js?v=2"', 'https://shop.example/data/track'],
    ['src="/tracker/liliput.min.js"', 'https://shop.example/track'],
    ['src="/assets/liliput.min.js"', 'https://shop.example/assets/track'],
    ['src="/assets/liliput.min.js" data-api=""', 'https://shop.example/track'],
    ['src="/assets/liliput.min.js" data-api="/data/"', 'https://shop.example/data/track'],
  ])('the tag %s sends to %s', async (attributes, url) => {
    const { sent, requests } = visit(`<script ${attributes} data-source="src-1"></script>`);
    await requests(1);
    expect(sent[0]!.url).toBe(url);
  });

  it('the tag can ask for consent', async () => {
    const { window, sent, requests } = visit(
      '<script src="/tracker/liliput.min.js" data-source="src-1" data-require-consent></script>',
    );
    await window.happyDOM.waitUntilComplete();
    expect(sent).toEqual([]);
    window.tracker.consent(true);
    expect(types((await requests(1))[0])).toEqual(['page-view']);
  });

  it('a second copy of the script changes nothing', async () => {
    const { window, requests } = visit(oneTag);
    await requests(1);
    const { tracker } = window;
    run(window, built, null);
    await window.happyDOM.waitUntilComplete();
    expect(window.tracker).toBe(tracker);
    await requests(1);
  });

  it('a page without options is told so, and works', async () => {
    const { window, sent } = visit('<script src="/tracker/liliput.min.js"></script>');
    expect(window.happyDOM.virtualConsolePrinter.readAsString()).toContain('options.tracker.source.id');
    window.tracker.track('a');
    await window.happyDOM.waitUntilComplete();
    expect(sent).toEqual([]);
  });
});

describe('the test page', () => {
  const html = readFileSync('dist/index.html', 'utf8');

  function open(url: string): Visit {
    const page = visit('', { url });
    page.window.document.body.innerHTML = /<body>([^]*)<script/.exec(html)![1];
    run(page.window, readFileSync('dist/page.js', 'utf8'), null);
    return page;
  }

  it('sends what its form says and shows the answer', async () => {
    const { window, sent, requests } = open('https://cdp.example/data/tracker/?source=src-1');
    const { document } = window;
    document.querySelector('#properties').value = '{"a": 1}';
    document.querySelector('#send').dispatchEvent(new window.Event('submit', { cancelable: true }));
    const [body] = await requests(1);
    expect(sent[0]!.url).toBe('https://cdp.example/data/track');
    expect(body).toMatchObject({ source: { id: 'src-1' }, events: [{ type: 'page-view', properties: { a: 1 } }] });
    expect(document.querySelector('#answers').textContent).toMatch(/page-view: status 200[^]*"banner": "sale"/);
  });

  it('says what is wrong with the properties', () => {
    const { window, sent } = open('https://cdp.example/tracker/?source=src-1');
    window.document.querySelector('#properties').value = '{';
    window.document.querySelector('#send').dispatchEvent(new window.Event('submit', { cancelable: true }));
    expect(window.document.querySelector('#answers .failed').textContent).toMatch(/JSON/);
    expect(sent).toEqual([]);
  });

  it('asks for a source first', () => {
    const { window } = open('https://cdp.example/tracker/');
    expect(window.document.querySelector('#send').hidden).toBe(true);
    expect(window.tracardi).toBeUndefined();
  });
});
