import { expect, open, rows, test } from './fixtures';

test('the page of an event type tells all about it', async ({ signedIn: page, program }) => {
  const { count } = await program.api<{ count: number }>('GET', `/events/count?q=${encodeURIComponent('type = "search"')}`);
  await open(page, '/event-types?find=search');
  await rows(page).filter({ hasText: /^search/ }).first().click();
  await expect(page).toHaveURL(/\/event-types\/search$/);
  await expect(page.locator('[data-figure=events]').first()).toHaveText(count.toLocaleString('en-GB'));
  await expect(page.getByText('Last seen').locator('..')).toContainText(/ago/);
  await expect(page.getByRole('img', { name: /search over time/ })).toBeVisible();
  await expect(page.getByRole('region', { name: 'What it is' })).toContainText('The visitor searched the site.');
  await expect(page.getByRole('region', { name: 'Sources' })).toContainText('shop');
  await expect(page.getByRole('region', { name: 'Properties that came in' }).getByRole('row', { name: /query/ })).toContainText('string');

  await page.getByRole('link', { name: 'Its events' }).click();
  await expect(rows(page).first()).toContainText('search');
});
