import { expect, test } from './fixtures';
import { admin } from './program';

test('a session that ends while a form is filled costs nothing', async ({ signedIn: page }) => {
  await page.goto('/sources/new');
  await page.getByLabel('Name').fill('Half written');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Create source' }).click();
  const dialog = page.getByRole('dialog', { name: 'Your session ended' });
  await expect(dialog.getByLabel('E-mail')).toHaveValue(admin.email);
  await dialog.getByLabel('Password', { exact: true }).fill(admin.password);
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByLabel('Name')).toHaveValue('Half written');
  await page.getByRole('button', { name: 'Create source' }).click();
  await expect(page).toHaveURL(/\/sources\/[0-9a-f-]+/);
});
