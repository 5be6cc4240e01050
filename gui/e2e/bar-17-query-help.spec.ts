import { expect, open, test } from './fixtures';
import type { Program } from './program';

/** Fields are suggested from the newest events, and other checks send many. */
const buy = (program: Program, session: string) => program.track('shop', session, [{ type: 'purchase', properties: { amount: 25, currency: 'EUR' } }]);

test('suggestions help, wherever the cursor is', async ({ signedIn: page, program }) => {
  await buy(program, 'wherever');
  await open(page, '/events');
  const line = page.getByRole('combobox', { name: 'Condition' });
  await line.pressSequentially('prop');
  await expect(page.getByRole('listbox')).toBeVisible();
  await expect(line).toHaveAttribute('aria-expanded', 'true');
  await line.pressSequentially('erties.am');
  await expect(page.getByRole('option', { name: /properties\.amount/ })).toContainText('number');
  await line.press('Escape');
  await expect(page.getByRole('listbox')).toHaveCount(0);

  await line.fill('');
  await line.pressSequentially('type = "pur');
  await expect(page.getByRole('option')).toHaveText([/"purchase"/]);
  await line.press('ArrowDown');
  await line.press('Enter');
  await expect(line).toHaveValue('type = "purchase" ');
  await line.press('Enter');
  await expect(page).toHaveURL(/q=type/);
});

test('in the middle of a text the rest stays', async ({ signedIn: page }) => {
  await open(page, '/events');
  const line = page.getByRole('combobox', { name: 'Condition' });
  await line.fill('type = "" AND properties.amount > 50');
  await line.evaluate((input: HTMLInputElement) => input.setSelectionRange(8, 8));
  await line.pressSequentially('purcha');
  await page.getByRole('option', { name: /"purchase"/ }).click();
  await expect(line).toHaveValue('type = "purchase" AND properties.amount > 50');
});

test('only traits that people really have are suggested, and values by how often they occur', async ({ signedIn: page, program }) => {
  await program.track('shop', 'traits', [{ type: 'sign-up', properties: { email: { main: 'trait@example.com' }, firstname: 'Tina' } }]);
  await open(page, '/profiles');
  const line = page.getByRole('combobox', { name: 'Condition' });
  await line.pressSequentially('data.pii.');
  await expect(page.getByRole('option', { name: /^data\.pii\.firstname/ })).toBeVisible();
  await expect(page.getByRole('option', { name: /data\.pii\.never/ })).toHaveCount(0);
  await open(page, '/events');
  await line.pressSequentially('type = ');
  await expect(page.getByRole('option', { name: /"page-view"/ })).toBeVisible(); // values, no longer fields
  const counts = await page.getByRole('option').evaluateAll((options) => options.map((option) => Number(option.lastElementChild?.textContent?.replaceAll(/\D/g, '') ?? 0)));
  expect(counts.length).toBeGreaterThan(3);
  expect(counts[0]).toBeGreaterThan(0);
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
});

test('a suggestion can be accepted before those for the last key are there', async ({ signedIn: page }) => {
  await open(page, '/events');
  const line = page.getByRole('combobox', { name: 'Condition' });
  await line.pressSequentially('type = "pu');
  await expect(page.getByRole('option', { name: /"purchase"/ })).toBeVisible();
  await page.route('**/suggest?**', async (route) => {
    await new Promise((done) => setTimeout(done, 1000));
    await route.continue().catch(() => {});
  });
  await line.press('r');
  await line.press('ArrowDown');
  await line.press('Enter');
  await expect(line).toHaveValue('type = "purchase" ');
});

test('what is not found in time is suggested a moment later', async ({ signedIn: page, program }) => {
  await buy(program, 'in-time');
  await open(page, '/events');
  await page.route('**/suggest?**', (route) => route.fulfill({ json: { from: 0, to: 4, items: [], more: true } }));
  const line = page.getByRole('combobox', { name: 'Condition' });
  const late = page.waitForResponse('**/suggest?**');
  await line.fill('properties.am');
  await late;
  await page.unroute('**/suggest?**');
  await expect(page.getByRole('option', { name: /properties\.amount/ })).toBeVisible();
});
