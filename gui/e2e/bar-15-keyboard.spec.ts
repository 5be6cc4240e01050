import { expect, rows, test } from './fixtures';
import { tabTo } from './keyboard';
import { admin } from './program';

test('signing in, opening an event, making a source and signing out need no mouse', async ({ page }) => {
  test.setTimeout(120_000);
  await page.goto('/events');
  await expect(page.getByLabel('E-mail')).toBeFocused();
  await page.keyboard.type(admin.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(admin.password);
  await page.keyboard.press('Enter');
  await expect(rows(page).first()).toBeVisible();

  const grid = page.getByRole('grid');
  await tabTo(page, rows(page).first());
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(rows(page).nth(2)).toBeFocused();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await tabTo(page, dialog.getByRole('tab', { selected: true }));
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(rows(page).nth(2)).toBeFocused();
  // Who walked on within the drawer comes back to the row that was shown last.
  await page.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
  await page.keyboard.press('j');
  await expect(rows(page).nth(3)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(grid.locator('[role=row]:focus')).toHaveAttribute('aria-rowindex', '5');

  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await expect(page.getByRole('heading', { level: 1, name: 'Sources' })).toBeVisible();
  await page.keyboard.press('n');
  await expect(page.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('Made without a mouse');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Made without a mouse' })).toBeVisible();

  // What was made is changed and saved, and the way out is found with Tab alone.
  await tabTo(page, page.getByRole('tab', { name: 'Install' }));
  await page.keyboard.press('ArrowRight');
  await tabTo(page, page.getByLabel('Description'));
  await page.keyboard.type('With the keyboard');
  await page.keyboard.press('Tab');
  await tabTo(page, page.getByRole('button', { name: 'Save' }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await tabTo(page, page.getByRole('button', { name: /^Menu of/ }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Sign out' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});
