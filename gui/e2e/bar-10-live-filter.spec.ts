import { expect, rows, test } from './fixtures';

test('among many others only the match is shown, and waiting says what for', async ({ signedIn: page, program }) => {
  await page.goto('/live');
  await expect(rows(page).first()).toBeVisible();
  const line = page.getByRole('combobox', { name: 'Condition' });
  await line.fill('source.id:shop and type:rare-live');
  await line.press('Enter');
  await expect(page.getByRole('heading', { name: 'Waiting for events that match source.id:shop and type:rare-live…' })).toBeVisible();
  for (let batch = 0; batch < 10; batch++) {
    await program.track('shop', 'live', Array.from({ length: 50 }, (_, n) => ({ type: 'common-live', properties: { n } })));
  }
  await expect(rows(page)).toHaveCount(0);
  await program.track('shop', 'live', [{ type: 'rare-live' }]);
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText('rare-live');
});

test('a server that was away is listened to again', async ({ signedIn: page, program }) => {
  await page.goto('/live?q=type:after-restart');
  await expect(page.getByRole('heading', { name: /Waiting/ })).toBeVisible();
  await program.stop();
  await expect(page.getByText(/Connection lost/)).toBeVisible();
  await program.start();
  await program.track('shop', 'live', [{ type: 'after-restart' }]);
  await expect(rows(page)).toHaveCount(1, { timeout: 30_000 });
  await expect(page.getByText(/Connection lost/)).toHaveCount(0, { timeout: 20_000 });
});
