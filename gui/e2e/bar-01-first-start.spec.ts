import { expect, test } from '@playwright/test';
import { watch } from './fixtures';
import { Program } from './program';

test('the setup link makes the first administrator, once', async ({ page }) => {
  const faults = watch(page);
  const program = new Program();
  try {
    await program.start({ withAdmin: false });
    const [link = ''] = /http:\S+\/setup\?token=\S+/.exec(program.output) ?? [];
    await page.goto(`${program.url}/`);
    await expect(page.getByText('There is no administrator yet')).toBeVisible();

    await page.goto(link);
    await page.getByLabel('E-mail').fill('first@example.com');
    await page.getByLabel('Password', { exact: true }).fill('password12');
    await page.getByRole('button', { name: 'Create and sign in' }).click();
    await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('aria-invalid', 'true');
    await expect(page.locator('.mantine-PasswordInput-error')).toHaveText(/\w{4}/); // says why

    await page.getByLabel('Password', { exact: true }).fill('four-quite-plain-words');
    await page.getByRole('button', { name: 'Create and sign in' }).click();
    await expect(page.getByRole('heading', { name: 'New source' })).toBeVisible();

    await page.goto(link);
    await expect(page.getByRole('heading', { name: 'Already installed' })).toBeVisible();
    expect(faults()).toEqual([]);
  } finally {
    await program.remove();
  }
});
