import type { Page } from '@playwright/test';
import { expect, open, rows, test } from './fixtures';

/**
 * The most that the page computes between two frames while the list is scrolled, in milliseconds of the processor: what other
 * programs take of it meanwhile does not count.
 */
async function heaviestFrameWhileScrolling(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const computed = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  };
  let heaviest = 0;
  for (let step = 0; step < 60; step++) {
    const before = await computed();
    await page.getByRole('grid').evaluate(async (grid) => {
      (grid.parentElement as HTMLElement).scrollTop -= 1500;
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
    });
    heaviest = Math.max(heaviest, (await computed()) - before);
  }
  return heaviest;
}

test('ten thousand people are scrolled through without a stop', async ({ signedIn: page }) => {
  test.setTimeout(120_000);
  await open(page, '/profiles');
  await expect(page.locator('[data-total]')).toHaveAttribute('data-total', /^1\d{4}$/);
  await rows(page).first().focus();
  await page.keyboard.press('End');
  const last = page.locator('[role=row][aria-rowindex="10001"]');
  await expect(last).toBeFocused();
  await expect(last.locator('[class*=blank]')).toHaveCount(0, { timeout: 60_000 });
  expect(await page.getByRole('row').count()).toBeLessThan(120);
  await expect(page.getByRole('columnheader', { name: 'Name' })).toBeInViewport();

  const heaviest = await heaviestFrameWhileScrolling(page);
  console.log(`scrolling: ${heaviest.toFixed(0)} ms of the processor for the heaviest of 60 frames`);
  expect(heaviest).toBeGreaterThan(0);
  expect(heaviest).toBeLessThan(200);
  expect(await page.getByRole('row').count()).toBeLessThan(120);
});
