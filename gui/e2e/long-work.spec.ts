import { expect, open, rows, test } from './fixtures';

test('a search that takes long shows it, and can be stopped', async ({ signedIn: page }) => {
  await open(page, '/events');
  const line = page.getByRole('combobox', { name: 'Condition' });
  await expect(page.getByRole('button', { name: 'Stop searching' })).toHaveCount(0);
  const asked: string[] = [];
  const given: string[] = [];
  page.on('requestfailed', (request) => given.push(request.url()));
  await page.route(/\/api\/v1\/events(\/count|\/histogram)?\?.*search/, (route) => void asked.push(route.request().url())); // never answered
  await line.fill('type:search');
  await line.press('Enter');
  await page.getByRole('button', { name: 'Stop searching' }).click();
  await expect(page.getByRole('heading', { name: 'Stopped' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Stop searching' })).toHaveCount(0);
  await expect(rows(page)).toHaveCount(0); // rows of the former condition would lie
  await expect(page.locator('[data-total]')).toHaveCount(0);
  expect(asked).toHaveLength(3);
  await expect.poll(() => given.length).toBe(3); // the server is told, too

  await page.unrouteAll();
  await page.getByRole('button', { name: 'Search again' }).click();
  await expect(rows(page).first()).toContainText('search');
  await expect(page.locator('[data-total]')).toBeVisible();
});
