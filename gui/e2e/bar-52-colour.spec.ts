import { expect, open, test } from './fixtures';

test('states are told in words, and charts as tables', async ({ signedIn: page, program }) => {
  await program.api('POST', '/sources', { id: 'silent', name: 'Silent', types: ['rest'], enabled: false }).catch(() => {}); // a repeated run has it already
  for (const path of ['/sources', '/users', '/events', '/event-types']) {
    await open(page, path);
    const wordless = await page.locator('.mantine-Badge-root').evaluateAll((badges) => badges.filter((badge) => !badge.textContent?.trim()).length);
    expect({ path, wordless }).toEqual({ path, wordless: 0 });
  }
  await open(page, '/sources');
  await expect(page.getByRole('row', { name: /Silent/ })).toContainText('off');

  await open(page, '/events');
  await page.getByRole('button', { name: 'Show as table' }).click();
  const table = page.getByRole('region', { name: 'Events' }).getByRole('table');
  await expect(table.getByRole('columnheader')).toHaveText(['Time', 'Number']);
  await expect(table.getByRole('row').nth(1)).toContainText(/\d/);
  await page.getByRole('button', { name: 'Show as chart' }).click();
  await expect(page.getByRole('img', { name: /over time/ })).toBeVisible();
  for (const path of ['/', '/event-types/purchase', '/profiles', '/sessions']) {
    await open(page, path);
    const charts = await page.getByRole('img', { name: /over time/ }).count();
    expect({ path, charts: charts > 0 }).toEqual({ path, charts: true });
    await expect(page.getByRole('button', { name: 'Show as table' }), path).toHaveCount(charts);
  }
});

test('without colours the menu, the open row and the chosen time can still be told', async ({ signedIn: page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await open(page, '/events');
  await expect(page.getByRole('link', { name: 'Events', exact: true })).toHaveAttribute('aria-current', 'page');
  await page.locator('[role=row][data-opens]').first().click();
  await expect(page.locator('[role=row][aria-selected=true]')).toHaveCount(1);
});
