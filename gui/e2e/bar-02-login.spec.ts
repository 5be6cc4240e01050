import { expect, rows, test } from './fixtures';
import { admin } from './program';

test('signing in leads back to where somebody wanted to go', async ({ page }) => {
  await page.goto('/events?q=type:purchase');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.getByLabel('E-mail').fill(admin.email);
  await page.getByLabel('Password', { exact: true }).fill('wrong-plain-words');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toHaveText('E-mail and password do not belong together.');

  // An address that nobody has is refused with the same words.
  await page.getByLabel('E-mail').fill('nobody@example.com');
  const refused = page.waitForResponse(/\/login$/);
  await page.getByRole('button', { name: 'Sign in' }).click();
  expect((await refused).status()).toBe(401);
  await expect(page.getByRole('alert')).toHaveText('E-mail and password do not belong together.');

  await page.getByLabel('E-mail').fill(admin.email);
  await page.getByLabel('Password', { exact: true }).fill(admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/events\?q=type:purchase$/);
  await expect(page.getByRole('combobox', { name: 'Condition' })).toHaveValue('type:purchase');
  await expect(rows(page).first()).toContainText('purchase');

  await page.getByRole('button', { name: /^Menu of/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});
