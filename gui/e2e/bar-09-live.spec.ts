import { expect, rows, test } from './fixtures';

test('events show up as they come in, and wait while it is paused', async ({ signedIn: page, program }) => {
  const send = (count: number, marker: string) => program.track('shop', 'live', Array.from({ length: count }, (_, n) => ({ type: 'live-test', properties: { marker, n } })));
  await page.goto('/live?q=type:live-test');
  await expect(page.getByRole('heading', { name: /Waiting for events that match/ })).toBeVisible();
  // Two hundred events in ten batches; each is there within a second, the newest at the top.
  for (let batch = 1; batch <= 10; batch++) {
    await send(20, `batch ${batch}`);
    await expect(rows(page).first()).toContainText(`batch ${batch}`, { timeout: 1000 });
  }
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '201');
  const numbers = (await rows(page).allInnerTexts()).slice(0, 18).map((text) => Number(/n: (\d+)/.exec(text)?.[1]));
  expect(numbers).toEqual(Array.from({ length: 18 }, (_, at) => 19 - at));

  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press(' ');
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
  await send(20, 'second');
  await expect(page.getByText('20 new')).toBeVisible({ timeout: 4000 });
  await expect(rows(page).first()).toContainText('batch 10');
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '221');
  await expect(rows(page).first()).toContainText('second');
});
