import { expect, rows, test } from './fixtures';

test('a mistake is marked and explained, and the old results stay', async ({ signedIn: page }) => {
  await page.goto('/events?q=type:search');
  await expect(rows(page).first()).toBeVisible();
  const before = await rows(page).allInnerTexts();
  const line = page.getByRole('combobox', { name: 'Condition' });
  await line.fill('type:(purchase or');
  await expect(line).toHaveAttribute('aria-invalid', 'true'); // while it is typed
  await line.press('Escape'); // where the suggestions were the sentence stands
  await expect(page.getByRole('alert')).toHaveText('It ends too early: a value is missing.');
  await line.fill('type:(search or');
  await line.press('Enter');
  await expect(page.getByRole('alert')).toHaveText('It ends too early: a value is missing.');
  await page.waitForTimeout(1200); // the check of what was typed comes later than that of what was run
  await expect(page.getByRole('alert')).toHaveText('It ends too early: a value is missing.');
  await expect(line).toHaveAttribute('aria-invalid', 'true');
  await expect(page.locator('form[role=search] [class*=_mark_]')).toHaveCSS('text-decoration-style', 'wavy');
  await expect(page).toHaveURL(/q=type:search$/);
  expect(await rows(page).allInnerTexts()).toEqual(before);
});
