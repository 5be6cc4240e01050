import type { Page } from '@playwright/test';
import { expect, open, rows, test } from './fixtures';
import { openings } from './openings';
import { allRoutes } from './routes';

const roles = ['button', 'link', 'textbox', 'combobox', 'switch', 'checkbox', 'radio', 'tab', 'dialog', 'grid', 'img'] as const;

/** What has no name, by the tree that the browser gives to screen readers. */
async function nameless(page: Page): Promise<string[]> {
  const devtools = await page.context().newCDPSession(page);
  const { nodes } = await devtools.send('Accessibility.getFullAXTree');
  await devtools.detach();
  return nodes
    .filter(({ ignored, role, name }) => !ignored && roles.some((wanted) => wanted === role?.value) && !String(name?.value ?? '').trim())
    .map(({ role, properties }) => `${role?.value} ${JSON.stringify(properties)}`);
}

test('everything that can be used has a name', async ({ signedIn: page, program }) => {
  test.setTimeout(180_000);
  for (const path of await allRoutes(program)) {
    await open(page, path);
    expect({ path, nameless: await nameless(page) }).toEqual({ path, nameless: [] });
  }
  for (const { name, path, show, shown } of openings) {
    await open(page, path);
    await show(page);
    await expect(shown(page)).toBeVisible();
    expect({ name, nameless: await nameless(page) }).toEqual({ name, nameless: [] });
  }
  // The look itself can fail.
  await page.evaluate(() => document.querySelector('main')?.append(document.createElement('button')));
  expect(await nameless(page)).toHaveLength(1);
});

test('rows tell their place among all', async ({ signedIn: page }) => {
  await open(page, '/profiles');
  const grid = page.getByRole('grid', { name: 'Profiles' });
  const total = Number(await page.locator('[data-total]').getAttribute('data-total'));
  await expect(grid).toHaveAttribute('aria-rowcount', String(Math.min(total, 10_000) + 1));
  const places = await rows(page).evaluateAll((all) => all.map((row) => Number(row.getAttribute('aria-rowindex'))));
  expect(places).toEqual(places.map((_, at) => at + 2));
  await rows(page).first().focus();
  await page.keyboard.press('End');
  await expect(page.locator('[role=row]:focus')).toHaveAttribute('aria-rowindex', '10001');
});

test('what opens over the page has a title and keeps the focus', async ({ signedIn: page }) => {
  await open(page, '/sources/shop?tab=settings');
  const ways: [what: string, open: () => Promise<unknown>][] = [
    ['Delete Web shop?', () => page.getByRole('button', { name: 'Delete Web shop' }).click()],
    ['Shortcuts', () => page.getByRole('heading', { level: 1 }).click().then(() => page.keyboard.press('?'))],
    ['', () => open(page, '/events').then(() => rows(page).first().click())],
  ];
  for (const [name, show] of ways) {
    await show();
    const dialog = page.getByRole('dialog', name ? { name } : {});
    await expect(dialog).toBeVisible();
    await expect(dialog).toHaveAccessibleName(/\S/);
    for (const key of ['Tab', 'Shift+Tab']) {
      for (let press = 0; press < 12; press++) {
        await page.keyboard.press(key);
        expect(await dialog.evaluate((element) => element.contains(document.activeElement)), `${name} ${key} ${press}`).toBe(true);
      }
    }
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  }
});

test('messages are read out, and events that come in at most once in five seconds', async ({ signedIn: page, program }) => {
  await open(page, '/sources/shop?tab=settings');
  await page.getByLabel('Description').fill(`Where people buy, ${Date.now()}`);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  const live = await page.getByText('Saved', { exact: true }).evaluate((text) => text.closest('[aria-live], [role=alert], [role=status]') !== null);
  expect(live).toBe(true);

  await page.goto('/live?q=type:announced');
  await expect(page.getByRole('heading', { name: /Waiting/ })).toBeVisible();
  await page.evaluate(() => {
    const said: number[] = [];
    Object.assign(window, { said });
    const place = document.querySelector('[data-announcement]');
    if (place) new MutationObserver(() => place.textContent && said.push(performance.now())).observe(place, { childList: true, characterData: true, subtree: true });
  });
  for (let batch = 0; batch < 24; batch++) {
    await program.track('shop', 'announced', [{ type: 'announced' }, { type: 'announced' }]);
    await page.waitForTimeout(500);
  }
  const said = await page.evaluate(() => (window as unknown as { said: number[] }).said);
  expect(said.length).toBeGreaterThanOrEqual(2);
  said.slice(1).forEach((time, at) => expect(time - (said[at] ?? 0)).toBeGreaterThan(4500));
});
