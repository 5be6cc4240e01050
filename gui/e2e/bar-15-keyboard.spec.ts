import { expect, rows, test } from './fixtures';
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

  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await expect(page.getByRole('heading', { level: 1, name: 'Sources' })).toBeVisible();
  await page.keyboard.press('n');
  await expect(page.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('Made without a mouse');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Made without a mouse' })).toBeVisible();

  await page.getByRole('button', { name: /^Menu of/ }).press('Enter');
  await page.getByRole('button', { name: 'Sign out' }).press('Enter');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});
