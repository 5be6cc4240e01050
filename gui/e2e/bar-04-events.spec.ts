import { expect, rows, test } from './fixtures';

test('a condition governs rows, histogram and number', async ({ signedIn: page, program }) => {
  const q = 'type:purchase and properties.amount > 50';
  const { count } = await program.api<{ count: number }>('GET', `/events/count?q=${encodeURIComponent(q)}`);
  await page.goto('/events');
  await expect(rows(page).first()).toBeVisible();
  const line = page.getByRole('combobox', { name: 'Condition' });
  await line.fill(q);
  await line.press('Enter');
  await expect(page.locator('[data-total]')).toHaveAttribute('data-total', String(count));
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', String(count + 1));
  await expect(page.getByRole('img', { name: new RegExp(`Events over time: ${count} in all`) })).toBeVisible();
  for (const row of await rows(page).all()) await expect(row).toContainText('purchase');
});

test('nothing found is told apart from nothing there', async ({ signedIn: page }) => {
  await page.goto('/events?q=type:never-sent');
  await expect(page.getByRole('heading', { name: 'No match' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear filter' }).click();
  await expect(page).toHaveURL(/\/events$/);
  await expect(rows(page).first()).toBeVisible();
});
