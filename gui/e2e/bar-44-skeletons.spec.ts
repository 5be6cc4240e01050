import { expect, open, rows, settled, test } from './fixtures';

const late = 1500; // milliseconds

test('skeletons stand where data will be, and nothing jumps when it comes', async ({ signedIn: page, program }) => {
  test.setTimeout(120_000);
  const { profile } = await program.track('shop', 'late', [{ type: 'sign-up', properties: { firstname: 'Late' } }, { type: 'page-view' }]);
  await open(page, '/');
  await page.route(/\/api\/v1\/(?!me$|settings$)/, async (route) => {
    await new Promise((done) => setTimeout(done, late));
    await route.continue().catch(() => {});
  });
  await page.addInitScript(() => {
    Object.assign(window, { shift: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) (window as unknown as { shift: number }).shift += (entry as unknown as { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  for (const path of ['/events', '/profiles', `/profiles/${profile?.id}`, '/', '/live', '/sources', '/event-types/page-view', '/health']) {
    await page.goto(path);
    // The frame with the title is there long before the data.
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('main').locator('[aria-busy=true], .mantine-Skeleton-root[data-visible]').first(), path).toBeVisible();
    await settled(page);
    await page.waitForTimeout(200); // what comes behind the data would move it now
    const shift = await page.evaluate(() => (window as unknown as { shift: number }).shift);
    console.log(`${path} moves by ${shift.toFixed(3)}`);
    expect(shift, path).toBeLessThan(0.1);
  }
});

test('a list waits in its final shape', async ({ signedIn: page }) => {
  await page.route('**/api/v1/events**', () => {});
  await page.goto('/events');
  await expect(page.getByRole('grid', { name: 'Events' })).toHaveAttribute('aria-busy', 'true');
  await expect(rows(page)).not.toHaveCount(0);
  await expect(page.getByRole('columnheader', { name: 'Type' })).toBeVisible();
});
