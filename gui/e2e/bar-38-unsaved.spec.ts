import { expect, test } from './fixtures';

test('a changed form is not left by accident', async ({ signedIn: page }) => {
  await page.goto('/sources/shop?tab=settings');
  await page.getByLabel('Name').fill('Another name');
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  const question = page.getByRole('dialog', { name: 'Discard your changes?' });
  await question.getByRole('button', { name: 'Stay' }).click();
  await expect(page.getByLabel('Name')).toHaveValue('Another name');
  await page.getByRole('tab', { name: 'Install' }).click();
  await question.getByRole('button', { name: 'Stay' }).click();
  await expect(page.getByLabel('Name')).toHaveValue('Another name');

  // The browser itself asks before the page is loaded anew.
  const asked = page.waitForEvent('dialog');
  const reloaded = page.reload({ timeout: 5000 }).catch(() => {});
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await reloaded;
  await expect(page.getByLabel('Name')).toHaveValue('Another name');

  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await question.getByRole('button', { name: 'Discard' }).click();
  await expect(page).toHaveURL(/\/events$/);
});

test('a form without faults is saved; faults stand at their fields', async ({ signedIn: page, program }) => {
  await page.goto('/sources/shop?tab=settings');
  const origins = page.getByRole('textbox', { name: 'Allowed origins' }).or(page.getByRole('combobox', { name: 'Allowed origins' }));
  await origins.fill('https://shop.example/path');
  await origins.press('Enter');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(/is not what browsers send/)).toBeVisible();
  await origins.press('Backspace');
  await page.getByLabel('Description').fill('Where people buy');
  await origins.fill('http://127.0.0.1:1');
  await origins.press('Enter');
  await page.getByLabel('Requests a second').fill('1234');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => program.api<object>('GET', '/sources/shop')).toMatchObject({ description: 'Where people buy', origins: ['http://127.0.0.1:1'], rate_limit: 1234 });
  await program.api('PATCH', '/sources/shop', { origins: [], rate_limit: 0 });
});
