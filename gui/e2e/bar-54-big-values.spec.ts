import { expect, test } from './fixtures';

test('a huge event is shown at once, and nothing in it runs', async ({ signedIn: page, program }) => {
  const properties: Record<string, unknown> = { long: 'x'.repeat(300_000), html: '<img src=x onerror="window.ran=true"><script>window.ran=true</script>' };
  for (let n = 0; n < 2000; n++) properties[`field-${n}`] = n;
  await program.track('shop', 'big', [{ type: 'huge', properties }]);
  const { items } = await program.api<{ items: { id: string }[] }>('GET', '/events?q=type:huge&limit=1');
  const from = Date.now();
  await page.goto(`/events?q=type:huge&event=${items[0]?.id}&tab=raw`);
  const tree = page.getByRole('tree');
  await expect(tree).toBeVisible();
  expect(Date.now() - from).toBeLessThan(4000);
  expect(await page.getByRole('treeitem').count()).toBeLessThan(120);
  await page.getByLabel('Find in the document').fill('field-1999');
  await expect(page.getByRole('treeitem', { name: /field-1999/ })).toBeVisible();
  await page.getByLabel('Find in the document').fill('onerror');
  await expect(page.getByRole('treeitem', { name: /<img src=x/ })).toBeVisible();
  expect(await page.evaluate(() => 'ran' in window)).toBe(false);
});
