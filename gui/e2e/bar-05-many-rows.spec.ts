import type { Page } from '@playwright/test';
import { expect, open, rows, test } from './fixtures';

/** The longest time between two frames while the list is scrolled, in milliseconds. */
function longestFrameWhileScrolling(page: Page) {
  return page.getByRole('grid').evaluate(async (grid) => {
    const frame = grid.parentElement as HTMLElement;
    frame.scrollTop = 0;
    let longest = 0;
    let before = performance.now();
    for (let step = 0; step < 60; step++) {
      frame.scrollTop += 1500;
      const now = await new Promise<number>((done) => requestAnimationFrame(done));
      if (step > 0) longest = Math.max(longest, now - before);
      before = now;
    }
    return longest;
  });
}

test('ten thousand people are scrolled through without a stop', async ({ signedIn: page }) => {
  await open(page, '/profiles');
  await expect(page.locator('[data-total]')).toHaveAttribute('data-total', /^1\d{4}$/);
  await rows(page).first().focus();
  await page.keyboard.press('End');
  const last = page.locator('[role=row][aria-rowindex="10001"]');
  await expect(last).toBeFocused();
  await expect(last.locator('[class*=blank]')).toHaveCount(0, { timeout: 30_000 });
  expect(await page.getByRole('row').count()).toBeLessThan(120);
  await expect(page.getByRole('columnheader', { name: 'Name' })).toBeInViewport();

  // Another program may take the processor for a moment: then it is measured again.
  await expect(async () => expect(await longestFrameWhileScrolling(page)).toBeLessThan(200)).toPass({ timeout: 30_000 });
  expect(await page.getByRole('row').count()).toBeLessThan(120);
});
