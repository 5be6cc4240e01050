import { expect, open, rows, test } from './fixtures';

test('the palette leads anywhere, also from within a drawer', async ({ signedIn: page }) => {
  await open(page, '/events');
  await rows(page).first().click();
  await expect(page.getByRole('dialog')).toBeVisible();
  const search = page.getByPlaceholder(/A place, a source/);
  await page.keyboard.press('Control+k');
  await search.fill('web sh');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/sources\/(shop|demo-shop)$/);

  await page.keyboard.press('Control+k');
  await search.fill('maja.nowak@example.com');
  await page.getByRole('button', { name: 'Profile maja nowak', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'maja nowak' })).toBeVisible();

  await page.keyboard.press('Control+k');
  await search.fill('new source');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/sources\/new$/);

  // What was used comes first the next time.
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog').getByRole('button').first()).toHaveText('New source');
});
