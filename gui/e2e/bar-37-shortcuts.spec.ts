import { expect, test } from './fixtures';

test('the sheet lists shortcuts, and they work', async ({ signedIn: page }) => {
  await page.goto('/events');
  await expect(page.getByRole('grid')).toBeVisible();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Shortcuts' });
  await expect(sheet.locator('[data-shortcut]')).not.toHaveCount(0);
  const keys = await sheet.locator('[data-shortcut]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-shortcut')));
  expect(keys).toEqual(expect.arrayContaining(['mod+k', '?', 'g e', 'g p', 'g s', 'g o', '/', 'r']));
  expect(new Set(keys).size).toBe(keys.length);
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);

  // Each way to a place leads to that of the menu with the same name.
  const ways = keys.filter((key) => key?.startsWith('g ')).map((key) => key?.slice(2) ?? '');
  expect(ways).toHaveLength(await page.getByRole('navigation', { name: 'Menu' }).getByRole('link').count());
  const reached = new Set<string>();
  for (const key of ways) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    const current = page.getByRole('navigation', { name: 'Menu' }).locator('[aria-current=page]');
    await expect(current).toHaveCount(1);
    await expect.poll(async () => reached.has((await current.getAttribute('href')) ?? '')).toBe(false);
    reached.add((await current.getAttribute('href')) ?? '');
  }
  await page.keyboard.press('Control+k');
  const palette = page.getByPlaceholder(/A place, a source/);
  await expect(palette).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(palette).toHaveCount(0); // until it has closed, keys are its own
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await expect(page).toHaveURL(/\/profiles$/);
  await expect(page.locator('[data-total]')).toBeVisible();
  const asked = page.waitForRequest(/\/profiles\?/);
  await page.keyboard.press('r');
  await asked;
  await page.keyboard.press('/');
  await expect(page.getByRole('combobox', { name: 'Condition' })).toBeFocused();
});
