import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, open, settled, signIn, test } from '../fixtures';
import { Program } from '../program';

/** Takes pictures of what is not there at first: lists that open, empty installations, failures, waiting, and very long names. */
const folder = process.env.PICTURES ?? 'test-results/pictures';
const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

test.use({ contextOptions: { reducedMotion: 'reduce' }, provoked: /status of 500/ });

async function take(page: Page, name: string) {
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `state-${name}.png`) });
}

test('what opens', async ({ signedIn: page, program }) => {
  test.setTimeout(180_000);
  await program.api('POST', '/views', { page: 'events', name: 'Purchases above fifty', shared: true, q: 'type = "purchase" AND properties.amount > 50', columns: 'type' }).catch(() => {});
  const buttons: [name: string, path: string, button: string | RegExp][] = [
    ['views', '/events', 'Views'],
    ['columns', '/events', 'Columns'],
    ['export', '/events', 'Export'],
    ['range', '/events', /All time/],
    ['user', '/events', /^Menu of/],
    ['delete', '/sources/shop?tab=settings', /^Delete/],
  ];
  for (const [name, path, button] of buttons) {
    await open(page, path);
    await page.getByRole('button', { name: button }).click();
    await page.getByRole('dialog').first().waitFor();
    await settled(page);
    await take(page, name);
    await page.emulateMedia({ colorScheme: 'dark' });
    await take(page, `${name}-dark`);
    await page.emulateMedia({ colorScheme: 'light' });
  }
  await open(page, '/events');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await take(page, 'shortcuts');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder(/A place, a source/).fill('sh');
  await take(page, 'palette');
  await page.keyboard.press('Escape');
  const line = page.getByRole('combobox', { name: 'Condition' });
  await line.fill('properties.');
  await expect(page.getByRole('listbox')).toBeVisible();
  await take(page, 'suggestions');
  await line.fill('type:(purchase or');
  await line.press('Enter');
  await expect(page.getByRole('alert')).toBeVisible();
  await take(page, 'fault');
  await line.fill('');
  await page.getByRole('button', { name: 'Show as table' }).click();
  await take(page, 'chart-table');
  await open(page, '/events?q=type:never-sent');
  await take(page, 'no-match');
  await open(page, '/console?type=sign-up&source=shop');
  await page.getByRole('button', { name: 'Fill in an example' }).click();
  await page.getByRole('button', { name: 'Try' }).click();
  await expect(page.locator('[data-stage]').first()).toBeVisible();
  await take(page, 'console');
  await page.setViewportSize(phone);
  await take(page, 'console-phone');
  await open(page, '/events');
  await page.getByRole('button', { name: 'Menu', exact: true }).click();
  await page.getByRole('dialog').waitFor();
  await take(page, 'menu-phone');
});

test('waiting and failing', async ({ signedIn: page, program }) => {
  test.setTimeout(180_000);
  const profile = await program.track('shop', 'states', [{ type: 'page-view' }]);
  const paths = { dashboard: '/', events: '/events', profile: `/profiles/${profile.profile?.id}`, health: '/health', source: '/sources/shop', eventtype: '/event-types/purchase', settings: '/settings', live: '/live' };
  const data = ({ pathname }: URL) => pathname.startsWith('/api/v1/') && !/\/(me|login|settings)$/.test(pathname);
  await page.route(data, () => {});
  for (const [name, path] of Object.entries(paths)) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor(); // the frame comes at once, the data never
    await take(page, `waiting-${name}`);
  }
  await page.unroute(data);
  const problem = { title: 'Internal Server Error', status: 500, detail: 'the records could not be read: the disk answered with an error', request_id: '01JDX4T5Q2' };
  await page.route(data, (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) }));
  for (const [name, path] of Object.entries(paths)) {
    await page.goto(path);
    await page.getByRole('alert').first().waitFor();
    await settled(page);
    await take(page, `failing-${name}`);
  }
});

test('very long names', async ({ signedIn: page, program }) => {
  test.setTimeout(180_000);
  const long = 'Österreichische Donaudampfschifffahrtsgesellschaft, Abteilung für elektronische Kundenbeziehungen und Bestandskundenpflege';
  const id = 'a-source-with-a-very-long-id-that-nobody-would-give-0123456789';
  const type = 'a-type-of-events-with-a-very-long-name-that-somebody-made-by-a-program';
  await program.api('POST', '/sources', { id, name: long, types: ['rest', 'webhook'], channel: long.slice(0, 60), enabled: false }).catch(() => {});
  await program.api('PATCH', `/sources/${id}`, { enabled: true });
  const signUp = { type: 'sign-up', properties: { email: { main: `${'wolfeschlegelsteinhausenbergerdorff'.repeat(1)}@subdomain.of.a.company.example.com` }, firstname: 'Hubert Blaine Wolfeschlegelsteinhausenbergerdorff', lastname: 'Nepomuk-Featherstonehaugh' } };
  const { profile } = await program.track(id, 'long', [signUp, { type, properties: { text: long.repeat(4) } }]);
  await program.api('PATCH', `/sources/${id}`, { enabled: false });
  await program.api('POST', '/users', { email: `${'a'.repeat(60)}@subdomain.of.a.company.example.com`, role: 'viewer', password: 'four-quite-plain-words', name: long }).catch(() => {});
  await program.api('POST', '/tokens', { name: long, role: 'viewer', scopes: ['events:read', 'profiles:read', 'sessions:read'] });
  for (const [size, viewport] of Object.entries({ wide, phone })) {
    await page.setViewportSize(viewport);
    for (const [name, path] of Object.entries({ dashboard: '/', sources: '/sources', source: `/sources/${id}`, profile: `/profiles/${profile?.id}`, profiles: '/profiles', users: '/users', tokens: '/tokens', eventtype: `/event-types/${type}` })) {
      await open(page, path);
      await take(page, `long-${name}-${size}`);
    }
  }
});

test('empty', async ({ page }) => {
  test.setTimeout(120_000);
  const program = new Program();
  try {
    await program.start();
    await page.goto(program.url);
    await signIn(page, program);
    for (const path of ['', 'live', 'events', 'sources', 'event-types', 'health', 'tokens']) {
      await open(page, `${program.url}/${path}`);
      await take(page, `empty-${path || 'dashboard'}`);
    }
    await open(page, `${program.url}/sources/new`);
    await page.getByLabel('Name').fill('My site');
    await page.getByRole('button', { name: 'Create source' }).click();
    await expect(page.getByText('Listening for events…')).toBeVisible();
    await take(page, 'listening');
    await program.stop();
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await expect(page.getByText(/Connection lost/)).toBeVisible();
    await take(page, 'lost');
  } finally {
    await program.remove();
  }
});
