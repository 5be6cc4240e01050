import { expect, settled, test } from './fixtures';

test('dragging over bars chooses their time; Back gives the former one', async ({ signedIn: page, program }) => {
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
  // The range is that of whole bars; number and rows are those of the range.
  const range = new URL(page.url()).searchParams;
  const [from, to] = [range.get('from') ?? '', range.get('to') ?? ''];
  const { interval, buckets } = await program.api<{ interval: string; buckets: { time: string }[] }>('GET', '/events/histogram?from=-24h&tz=Europe/Warsaw');
  const step = Number.parseInt(interval) * (interval.endsWith('m') ? 60_000 : 3_600_000);
  const begin = Date.parse(buckets[0]?.time ?? '');
  for (const bound of [from, to]) expect((Date.parse(bound) - begin) % step).toBe(0);
  expect(Date.parse(to) - Date.parse(from)).toBeGreaterThanOrEqual(2 * step);
  const { count } = await program.api<{ count: number }>('GET', `/events/count?from=${from}&to=${to}`);
  await expect(total).toHaveAttribute('data-total', String(count));
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', String(count + 1));
  await page.goBack();
  await expect(page).toHaveURL(/from=-24h$/);
  await expect(total).toHaveAttribute('data-total', before ?? '');
});

test('the zone changes every time that is shown', async ({ signedIn: page }) => {
  await page.goto('/events');
  const first = page.locator('[role=grid] [role=gridcell]').first();
  await expect(first).toContainText(':');
  const local = await first.innerText();
  await settled(page);
  const times = page.locator('[role=grid] [role=gridcell]:first-child');
  const before = await times.allInnerTexts();
  await page.getByRole('button', { name: /All time/ }).click();
  await expect(page.getByRole('radio', { name: 'Europe/Warsaw' })).toBeChecked(); // says which is used
  await page.locator('label', { hasText: /^UTC$/ }).click();
  await expect(page.getByRole('radio', { name: 'UTC' })).toBeChecked();
  await expect(first).not.toHaveText(local);
  const after = await times.allInnerTexts();
  expect(after.length).toBeGreaterThan(10);
  expect(after.filter((time, at) => time === before[at])).toEqual([]);
  await page.keyboard.press('Escape');
  await page.locator('[role=row][data-opens]').first().click();
  await expect(page.getByRole('dialog')).toContainText('UTC'); // the exact time of an event names its zone
  await page.reload();
  await expect(first).not.toHaveText(local);
});
