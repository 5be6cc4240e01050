import { expect, settled, test } from './fixtures';

test('dragging over bars chooses their time; Back gives the former one', async ({ signedIn: page }) => {
  await page.goto('/events');
  await page.getByRole('button', { name: /All time/ }).click();
  await page.getByRole('button', { name: 'Last 24 hours' }).click();
  await expect(page).toHaveURL(/from=-24h/);
  const total = page.locator('[data-total]');
  await settled(page);
  await expect(total).not.toHaveAttribute('data-total', '0');
  const before = await total.getAttribute('data-total');
  const chart = page.getByRole('img', { name: /Events over time/ });
  const box = await chart.boundingBox();
  if (!box) throw new Error('there is no chart');
  await page.mouse.move(box.x + box.width * 0.3, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 20, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=\d{4}-.*to=\d{4}-/);
  await expect(total).not.toHaveAttribute('data-total', before ?? '');
  await page.goBack();
  await expect(page).toHaveURL(/from=-24h$/);
  await expect(total).toHaveAttribute('data-total', before ?? '');
});

test('the zone changes every time that is shown', async ({ signedIn: page }) => {
  await page.goto('/events');
  const first = page.locator('[role=grid] [role=gridcell]').first();
  await expect(first).toContainText(':');
  const local = await first.innerText();
  await page.getByRole('button', { name: /All time/ }).click();
  await page.locator('label', { hasText: /^UTC$/ }).click();
  await expect(first).not.toHaveText(local);
  await page.reload();
  await expect(first).not.toHaveText(local);
});
