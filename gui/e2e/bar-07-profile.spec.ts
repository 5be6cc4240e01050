import { expect, rows, test } from './fixtures';

test('a person is found by e-mail and shown on a page of their own', async ({ signedIn: page }) => {
  await page.goto('/events');
  await expect(page.getByRole('grid')).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder(/A place, a source/).fill('jan.kowalski@example.com');
  await page.getByRole('button', { name: 'Find the profile jan.kowalski@example.com' }).click();
  await expect(rows(page)).toHaveCount(1);
  await rows(page).first().click();
  await expect(page).toHaveURL(/\/profiles\/[0-9a-f-]+$/);
  await expect(page.getByRole('heading', { name: 'jan kowalski' })).toBeVisible();
  const who = page.getByRole('region', { name: 'Who it is' });
  await expect(who.getByRole('button', { name: 'Copy' }).first()).toBeVisible();
  await expect(page.getByRole('heading', { level: 2, name: /\d{4}$/ }).first()).toBeVisible();

  await page.getByRole('combobox', { name: 'Event type' }).click();
  await page.getByRole('option', { name: 'purchase' }).click();
  await expect(page).toHaveURL(/type=purchase/);
  await expect(page.locator('main li button')).toHaveCount(1);
  await expect(page.locator('main li button')).toContainText('purchase');
});
