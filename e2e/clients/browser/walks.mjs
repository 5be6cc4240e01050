// What visitors do. The test looks at what arrived; here is checked what only the browser knows.
import assert from 'node:assert/strict';
import { costWalks } from './cost.mjs';
import { shopWalks } from './shop.mjs';
import { clientWalks } from './platforms.mjs';

/** Waits for the answer to the next request for an address that ends so, made by what act does. */
export async function answered(page, act, address = '/track') {
  const answer = page.waitForResponse((response) => response.request().method() === 'POST' && new URL(response.url()).pathname.endsWith(address));
  await act();
  return (await answer).json();
}

/** Lets the server answer and changes its answers on their way. */
async function amend(page, { server, direct }, change) {
  await page.route('**/track', async (route) => {
    const response = await route.fetch({ url: route.request().url().replace(server, direct) });
    await route.fulfill({ response, json: { ...(await response.json()), ...change } });
  });
}

const profileOf = (page) => page.evaluate(() => JSON.parse(localStorage.getItem('tracardi-profile-id')));

export const walks = {
  /** A page of another origin than the server's. */
  visit: {
    async run({ page, shop, source }) {
      const { profile } = await answered(page, () => page.goto(`${shop}/${source}/plain.html`));
      assert.equal(await page.evaluate(() => ready.then(({ context }) => context.profile.id)), profile.id);
      assert.equal(await profileOf(page), profile.id);
      assert.match(await page.evaluate(() => document.cookie), /tracardi-session-id=.*__tr_pid=|__tr_pid=.*tracardi-session-id=/);
      await answered(page, () => page.click('button'));
      await answered(page, () => page.goto(`${shop}/${source}/next.html`));
    },
  },

  /** A server that changes its mind about who the visitor is, as after a merge. */
  adopted: {
    async run({ page, shop, source, ...about }) {
      await amend(page, about, { profile: { id: 'merged-into' } });
      await answered(page, () => page.goto(`${shop}/${source}/plain.html`));
      await page.waitForFunction(() => localStorage.getItem('tracardi-profile-id') === '"merged-into"');
      await page.unroute('**/track');
      const sent = page.waitForRequest('**/track');
      await page.click('button');
      assert.deepEqual((await sent).postDataJSON().profile, { id: 'merged-into' });
    },
  },

  /** Cookies of third parties are blocked, for a page of the shop and for one in a frame of another site. */
  cookies: {
    flags: ['--test-third-party-cookie-phaseout'],
    async run({ page, shop, source }) {
      await answered(page, () => page.goto(`${shop}/${source}/frame.html`));
      const frame = page.frames()[1];
      assert.equal(await frame.evaluate(() => document.cookie), '', 'the frame keeps cookies: they are not blocked');
      await answered(page, () => frame.click('button'));
      await answered(page, () => page.goto(`${shop}/${source}/next.html`));
      assert.match(await page.evaluate(() => document.cookie), /tracardi-session-id=/);
    },
  },

  /** A policy that allows the server's script and requests, and nothing inline without the nonce. */
  policy: {
    async run({ page, shop, source, ...about }) {
      await amend(page, about, {
        ux: [
          { tag: 'div', props: { id: 'offer', style: 'width: 77px', onclick: 'window.clicked = true' }, content: '<b>Hello</b>' },
          { tag: 'style', content: '#offer { color: rgb(1, 2, 3) }' },
          { tag: 'script', props: {}, content: 'window.shown = document.querySelector("#offer").textContent' },
        ],
      });
      await answered(page, () => page.goto(`${shop}/${source}/strict.html`));
      await page.waitForFunction(() => window.shown);
      await page.click('#offer');
      const seen = await page.evaluate(() => {
        const style = getComputedStyle(document.querySelector('#offer'));
        return { shown: window.shown, clicked: window.clicked, color: style.color, width: style.width, violations: window.violations };
      });
      assert.deepEqual(seen, { shown: '<b>Hello</b>', clicked: undefined, color: 'rgb(1, 2, 3)', width: '77px', violations: [] });
    },
  },

  /** The server cannot be reached; the visitor goes on to the next page; the server is back. */
  outage: {
    async run({ context, page, shop, source }) {
      await answered(page, () => page.goto(`${shop}/${source}/plain.html`));
      await context.route('**/track', (route) => route.abort());
      const failed = page.waitForEvent('requestfailed');
      await page.click('button');
      await failed;
      await page.waitForFunction((key) => localStorage.getItem(key)?.includes('clicked'), `tracardi-queue:${source}`);
      await page.goto(`${shop}/${source}/next.html`);
      await page.waitForFunction((key) => JSON.parse(localStorage.getItem(key)).entries.length === 2, `tracardi-queue:${source}`);
      await context.unroute('**/track');
      await page.waitForFunction((key) => !localStorage.getItem(key), `tracardi-queue:${source}`);
    },
  },

  /** The network is cut and comes back while the page stays. */
  network: {
    async run({ context, page, shop, source }) {
      await answered(page, () => page.goto(`${shop}/${source}/plain.html`));
      await context.setOffline(true);
      await page.click('button');
      await page.waitForFunction((key) => localStorage.getItem(key)?.includes('clicked'), `tracardi-queue:${source}`);
      await answered(page, () => context.setOffline(false));
      await page.waitForFunction((key) => !localStorage.getItem(key), `tracardi-queue:${source}`);
    },
  },

  /** What is tracked at the last moment of a page. */
  leave: {
    async run({ page, shop, source }) {
      await answered(page, () => page.goto(`${shop}/${source}/leave.html`));
      await page.click('a');
      await page.waitForURL('about:blank');
      await answered(page, () => page.goto(`${shop}/${source}/leave.html`));
      await page.close({ runBeforeUnload: true });
    },
  },

  /** A single-page application. */
  routes: {
    async run({ page, shop, source }) {
      const views = [];
      page.on('request', (request) => request.method() === 'POST' && views.push(...request.postDataJSON().events.map(({ context }) => context.page)));
      await answered(page, () => page.goto(`${shop}/${source}/tag.html`));
      for (const change of [
        () => (history.pushState({}, '', 'basket'), (document.title = 'Basket')),
        () => history.replaceState({}, '', 'basket?step=2'),
        () => history.back(),
        () => (location.hash = '#/orders'),
      ]) {
        await answered(page, () => page.evaluate(change));
      }
      await page.evaluate(() => (location.hash = '#reviews'));
      await answered(page, () => page.evaluate(() => history.pushState({}, '', 'end')));
      const base = `/${source}/`;
      assert.deepEqual(
        views.map(({ path, title }) => [path.replace(base, ''), title]),
        [['tag.html', 'Tag'], ['basket', 'Basket'], ['basket', 'Basket'], ['tag.html', 'Basket'], ['tag.html', 'Basket'], ['end', 'Basket']],
      );
    },
  },

  /** A page that respects such wishes, and a browser that has none. */
  private: {
    async run({ page, shop, source }) {
      await answered(page, () => page.goto(`${shop}/${source}/private.html`));
    },
  },

  /** Do Not Track, as the visitor set it in the browser. */
  dnt: {
    preferences: { enable_do_not_track: true },
    run: untracked,
  },

  /** Global Privacy Control, which this browser has no setting for. */
  gpc: {
    async run(about) {
      await about.context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }));
      await untracked(about);
    },
  },

  /** Nothing before the visitor agrees; then what happened before, too. */
  consent: {
    async run({ page, shop, source }) {
      let sent = 0;
      page.on('request', (request) => (sent += request.url().endsWith('/track') ? 1 : 0));
      await page.goto(`${shop}/${source}/consent.html`, { waitUntil: 'networkidle' });
      assert.equal(sent, 0);
      assert.deepEqual(await page.evaluate(() => [document.cookie, localStorage.length]), ['', 0]);
      await answered(page, () => page.click('button'));
      await answered(page, () => page.reload());
    },
  },

  /** Through the page's own host, behind a path; a beacon at the end. */
  prefix: {
    async run({ page, shop, source }) {
      const request = page.waitForRequest('**/track');
      await answered(page, () => page.goto(`${shop}/${source}/prefix.html`));
      assert.equal((await request).url(), `${shop}/data/track`);
      await page.goto('about:blank');
    },
  },

  /** A page that carries a loader of the original's kind. */
  loader: {
    async run({ page, shop, source }) {
      await page.goto(`${shop}/${source}/loader.html`);
      const seen = await page.evaluate(async () => {
        const { context, config, helpers } = await ready;
        const answer = await helpers.track('asked', {});
        return { events: context.events.length, source: config.tracker.source.id, session: !!began.session.id, status: answer.status, answered: !!answer.data.profile.id };
      });
      assert.ok(seen.events > 0);
      assert.deepEqual({ ...seen, events: 0 }, { events: 0, source, session: true, status: 200, answered: true });
    },
  },

  /** Events bound to elements, in a page that is laid out. */
  elements: {
    async run({ page, shop, source }) {
      await answered(page, () => page.goto(`${shop}/${source}/elements.html`));
      await answered(page, () => page.getByText('Words worth').dblclick({ position: { x: 5, y: 8 } }));
      await answered(page, () => page.getByText('Three for two').scrollIntoViewIfNeeded());
      await page.evaluate(() => scrollTo(0, 0));
      await page.getByText('Three for two').scrollIntoViewIfNeeded();
    },
  },

  ...shopWalks,
  ...clientWalks,
  ...costWalks,
};

async function untracked({ page, shop, source }) {
  let sent = 0;
  page.on('request', (request) => (sent += request.url().endsWith('/track') ? 1 : 0));
  await page.goto(`${shop}/${source}/private.html`, { waitUntil: 'networkidle' });
  await page.evaluate(() => tracker.track('clicked').flush());
  await page.goto('about:blank');
  await page.goto(`${shop}/${source}/private.html`, { waitUntil: 'networkidle' });
  assert.equal(sent, 0);
  assert.deepEqual(await page.evaluate(() => [document.cookie, localStorage.length]), ['', 0]);
}
