import { expect, rows, signIn, test } from './fixtures';

test('an address opens the same list, columns, drawer and tab', async ({ signedIn: page, program, browser }) => {
  await page.goto('/events');
  const line = page.getByRole('combobox', { name: 'Condition' });
  await line.fill('type:purchase');
  await line.press('Enter');
  await page.getByRole('button', { name: /All time/ }).click();
  await page.getByRole('button', { name: 'Last 30 days' }).click();
  await page.getByRole('button', { name: 'Columns' }).click();
  const columns = page.getByRole('combobox', { name: 'Columns' });
  for (const field of ['properties.amount', 'properties.currency']) {
    await columns.fill(field);
    await page.getByRole('option', { name: field, exact: true }).click();
  }
  await page.keyboard.press('Escape');
  await rows(page).nth(2).click();
  await page.getByRole('tab', { name: 'Raw' }).click();
  await expect(page.getByRole('tree')).toBeVisible();
  const texts = () => rows(page).allInnerTexts();
  const here = await texts();

  const other = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', timezoneId: 'Europe/Warsaw' })).newPage();
  await signIn(other, program);
  await other.goto(page.url());
  await expect(other.getByRole('tab', { name: 'Raw', selected: true })).toBeVisible();
  await expect(other.locator('[role=columnheader]', { hasText: 'properties.currency' })).toHaveCount(1);
  await expect(other.getByRole('combobox', { name: 'Condition' })).toHaveValue('type:purchase');
  await expect(other.getByRole('button', { name: /Last 30 days/ })).toBeAttached();
  expect(await rows(other).allInnerTexts()).toEqual(here);
  await expect(rows(other).nth(2)).toHaveAttribute('aria-selected', 'true');
  await other.context().close();

  await page.goBack();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page).toHaveURL(/\/events\?.*q=type:purchase/);
  await expect(rows(page).nth(2)).toBeFocused();
});
