import { expect, rows, test } from './fixtures';

test('skeletons stand where data will be, and nothing jumps when it comes', async ({ signedIn: page }) => {
  await page.route('**/api/v1/events**', async (route) => {
    await new Promise((done) => setTimeout(done, 1500));
    await route.continue().catch(() => {});
  });
  await page.addInitScript(() => {
    Object.assign(window, { shift: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) (window as unknown as { shift: number }).shift += (entry as unknown as { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto('/events');
  await expect(page.getByRole('grid', { name: 'Events' })).toHaveAttribute('aria-busy', 'true');
  await expect(rows(page)).not.toHaveCount(0);
  await expect(page.getByRole('grid', { name: 'Events' })).toHaveAttribute('aria-busy', 'false', { timeout: 10_000 });
  await expect(page.locator('[data-total]')).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { shift: number }).shift)).toBeLessThan(0.1);
});
