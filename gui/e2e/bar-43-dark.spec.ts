import { expect, test } from './fixtures';

test('the first paint is dark on a dark system, and the own choice outlives a reload', async ({ signedIn: page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    requestAnimationFrame(function look() {
      if (document.body) seen.push(getComputedStyle(document.body).backgroundColor);
      if (seen.length < 30) requestAnimationFrame(look);
    });
  });
  await page.goto('/events');
  await expect(page.getByRole('grid')).toBeVisible();
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  const light = seen.filter((colour) => Math.max(...(colour.match(/\d+/g) ?? ['255']).slice(0, 3).map(Number)) > 100);
  expect(seen.length).toBeGreaterThan(0);
  expect(light).toEqual([]);

  await page.getByRole('button', { name: /^Menu of/ }).click();
  await page.getByRole('combobox', { name: 'Theme' }).click();
  await page.getByRole('option', { name: 'Light' }).click();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'light');
});
