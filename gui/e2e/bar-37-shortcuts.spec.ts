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

  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await expect(page).toHaveURL(/\/profiles$/);
  await page.keyboard.press('/');
  await expect(page.getByRole('combobox', { name: 'Condition' })).toBeFocused();
});
