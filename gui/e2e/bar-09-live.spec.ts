import { expect, rows, test } from './fixtures';

test('events show up as they come in, and wait while it is paused', async ({ signedIn: page, program }) => {
  const send = (count: number, marker: string) => program.track('shop', 'live', Array.from({ length: count }, (_, n) => ({ type: 'live-test', properties: { marker, n } })));
  await page.goto('/live?q=type:live-test');
  await expect(page.getByRole('heading', { name: /Waiting for events that match/ })).toBeVisible();
  await send(20, 'first');
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '21', { timeout: 4000 });
  await expect(rows(page).first()).toContainText('first');

  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press(' ');
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
  await send(20, 'second');
  await expect(page.getByText('20 new')).toBeVisible({ timeout: 4000 });
  await expect(rows(page).first()).toContainText('first');
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '41');
  await expect(rows(page).first()).toContainText('second');
});

test('only what matches is shown', async ({ signedIn: page, program }) => {
  await page.goto('/live?q=type:rare-live');
  await expect(page.getByRole('heading', { name: /Waiting/ })).toBeVisible();
  await program.track('shop', 'live', Array.from({ length: 60 }, (_, n) => ({ type: 'common-live', properties: { n } })));
  await program.track('shop', 'live', [{ type: 'rare-live' }]);
  await expect(rows(page)).toHaveCount(1, { timeout: 4000 });
  await expect(rows(page)).toContainText('rare-live');
});
