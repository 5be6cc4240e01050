import { expect, open, rows, settled, signIn, test } from './fixtures';

test('a view keeps condition, time and columns, for everybody who may see it', async ({ signedIn: page, program, browser }) => {
  await open(page, '/events?q=type:purchase&from=-30d&columns=type,properties.amount');
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByLabel('Name of the view').fill('Purchases');
  await page.getByLabel('Everybody sees it').check();
  await page.getByRole('button', { name: 'Save this view' }).click();
  await expect(page.getByRole('button', { name: /^Purchases/ })).toContainText('shown');

  const password = 'four-quite-plain-words';
  await program.api('POST', '/users', { email: 'vera@example.com', role: 'viewer', password });
  const other = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })).newPage();
  await signIn(other, program, { email: 'vera@example.com', password });
  await open(other, `${program.url}/events`);
  await other.getByRole('button', { name: 'Views' }).click();
  await other.getByRole('button', { name: /^Purchases/ }).click();
  await expect(other).toHaveURL(/q=type:purchase&from=-30d&columns=type,properties.amount/);
  await settled(other);
  await expect(rows(other).first()).toContainText('purchase');
  await other.context().close();

  await page.getByRole('button', { name: 'Delete Purchases' }).click();
  await expect(page.getByRole('button', { name: /^Purchases/ })).toHaveCount(0);
});
