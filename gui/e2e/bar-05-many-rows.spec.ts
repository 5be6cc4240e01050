import { heaviestStep } from './effort';
import { expect, open, rows, test } from './fixtures';

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

  const heaviest = await heaviestStep(page, 60, () =>
    page.getByRole('grid').evaluate(async (grid) => {
      (grid.parentElement as HTMLElement).scrollTop -= 1500;
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
    }),
  );
  console.log(`scrolling: ${heaviest.toFixed(0)} ms of the processor for the heaviest of 60 frames`);
  expect(heaviest).toBeGreaterThan(0);
  expect(heaviest).toBeLessThan(200);
  expect(await page.getByRole('row').count()).toBeLessThan(120);
});
