import { expect, open, rows, test } from './fixtures';

test('the dashboard tells what came in, from where, who is there, and what needs attention', async ({ signedIn: page, program }) => {
  const count = async (path: string, q = '') => (await program.api<{ count: number }>('GET', `/${path}/count?from=-24h${q && `&q=${encodeURIComponent(q)}`}`)).count;
  await program.api('POST', '/sources', { id: 'asleep', name: 'Sleeping beauty', types: ['rest'], enabled: false }).catch(() => {}); // a repeated run has it already
  await program.track('shop', 'on-the-dashboard', [{ type: 'page-view' }]);
  await open(page, '/');
  const figure = (name: string) => page.locator(`[data-figure=${name}]`).first();
  await expect(figure('events')).toHaveText((await count('events')).toLocaleString('en-GB'));
  await expect(figure('profiles')).toHaveText((await count('profiles')).toLocaleString('en-GB'));
  const present = await program.api<{ count: number }>('GET', `/sessions/count?q=${encodeURIComponent('metadata.time.update >= now.offset("-5m")')}`);
  expect(present.count).toBeGreaterThan(0);
  await expect(figure('sessions')).toHaveText(String(present.count));

  const types = page.getByRole('region', { name: 'Top event types' });
  await expect(types.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'page-view', exact: true }) })).toContainText((await count('events', 'type = "page-view"')).toLocaleString('en-GB'));
  const sources = page.getByRole('region', { name: 'Top sources' });
  await expect(sources.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Web shop', exact: true }) })).toContainText((await count('events', 'source.id = "shop"')).toLocaleString('en-GB'));
  await expect(sources.getByRole('link', { name: 'Tracardi itself' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Needs attention' }).getByRole('link', { name: /Sleeping beauty/ })).toBeVisible();

  // Each figure leads to what it counts.
  await sources.getByRole('link', { name: 'Web shop', exact: true }).click();
  await expect(page).toHaveURL(/\/events\?.*source\.id/);
  await expect(rows(page).first()).toContainText('shop');
  await page.goBack();
  await page.getByRole('region', { name: 'Needs attention' }).getByRole('link', { name: /Sleeping beauty/ }).click();
  await expect(page).toHaveURL(/\/sources\/asleep\?tab=settings/);
});
