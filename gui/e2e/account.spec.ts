import { expect, open, signIn, test } from './fixtures';

const former = 'four-quite-plain-words';
const next = 'five-other-quite-plain-words';

test('a person changes the password, and signs out everywhere', async ({ page, program, browser }) => {
  const email = `account-${Date.now()}@example.com`;
  await program.api('POST', '/users', { email, role: 'viewer', password: former });
  await signIn(page, program, { email, password: former });
  const elsewhere = await (await browser.newContext()).newPage();
  const present = () => elsewhere.context().request.get(`${program.url}/api/v1/me`).then((answer) => answer.status());

  await open(page, '/account');
  const panel = page.getByRole('region', { name: 'Password' });
  await panel.getByLabel('Present password').fill('not-the-present-one');
  await panel.getByLabel('New password').fill(next);
  await panel.getByRole('button', { name: 'Change the password' }).click();
  await expect(panel.getByLabel('Present password')).toHaveAttribute('aria-invalid', 'true');
  await signIn(elsewhere, program, { email, password: former });
  await panel.getByLabel('Present password').fill(former);
  await panel.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByText('Changed', { exact: true })).toBeVisible();
  expect(await present()).toBe(401);

  await signIn(elsewhere, program, { email, password: next });
  expect(await present()).toBe(200);
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  expect(await present()).toBe(401);
  await elsewhere.context().close();
});
