import { expect, rows, test } from './fixtures';
import { admin } from './program';

test('signing in, opening an event and signing out need no mouse', async ({ page }) => {
  await page.goto('/events');
  await expect(page.getByLabel('E-mail')).toBeFocused();
  await page.keyboard.type(admin.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(admin.password);
  await page.keyboard.press('Enter');
  await expect(rows(page).first()).toBeVisible();

  const grid = page.getByRole('grid');
  for (let tabs = 0; tabs < 30 && !(await grid.locator('[role=row]:focus').count()); tabs++) {
    await page.keyboard.press('Tab');
    const outline = await page.evaluate(() => {
      const element = document.activeElement;
      const frame = element?.closest('form[role=search] > div') ?? element;
      return frame ? getComputedStyle(frame).outlineStyle : 'none';
    });
    expect(outline).not.toBe('none');
  }
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(rows(page).nth(2)).toBeFocused();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(grid.locator('[role=row]:focus')).toHaveCount(1);

  await page.getByRole('button', { name: /^Menu of/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Sign out' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});
