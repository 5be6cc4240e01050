import { expect, test } from './fixtures';

test('the other language is everywhere, and stays', async ({ signedIn: page }) => {
  await page.goto('/events');
  await page.getByRole('button', { name: /^Menu of/ }).click();
  await page.getByRole('combobox', { name: 'Language' }).click();
  await page.getByRole('option', { name: 'Polski' }).click();
  await expect(page.getByRole('heading', { name: 'Zdarzenia' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'pl');
  await expect(page.locator('[data-total]')).toHaveText(/zdarze/);
  for (const [path, heading] of [
    ['/profiles', 'Profile'],
    ['/sessions', 'Sesje'],
    ['/sources', 'Źródła'],
    ['/sources/new', 'Nowe źródło'],
  ] as const) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', 'pl');
  }
});
