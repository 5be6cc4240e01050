import { expect, open, rows, signIn, test } from './fixtures';
import type { Program } from './program';

const password = 'four-quite-plain-words';

async function userOf(program: Program, role: string) {
  const email = `${role}@example.com`;
  await program.api('POST', '/users', { email, role, password, name: role }).catch(() => {}); // a repeated run has it already
  return { email, password };
}

test('a marketer sees neither users nor sources in the menu, and is told the role that is needed', async ({ page, program }) => {
  await signIn(page, program, await userOf(program, 'marketer'));
  await open(page, '/');
  const menu = page.getByRole('navigation', { name: 'Menu' });
  await expect(menu.getByRole('link', { name: 'Events', exact: true })).toBeVisible();
  for (const name of ['Sources', 'Users', 'Tokens']) await expect(menu.getByRole('link', { name })).toHaveCount(0);
  await open(page, '/users');
  await expect(page.getByRole('heading', { name: 'You need the role Administrator' })).toBeVisible();
  await open(page, '/tokens/new');
  await expect(page.getByRole('heading', { name: 'You need the role Administrator or Developer' })).toBeVisible();
  await open(page, '/sources');
  await expect(page.getByRole('link', { name: 'New source' })).toHaveCount(0);
  for (const path of ['/users', '/tokens']) expect((await page.context().request.get(`${program.url}/api/v1${path}`)).status()).toBe(403);
});

test('a viewer can change nothing', async ({ page, program }) => {
  await signIn(page, program, await userOf(program, 'viewer'));
  await open(page, '/sources/shop?tab=settings');
  await expect(page.getByLabel('Name')).toBeDisabled();
  for (const name of ['Save', /^Delete/]) await expect(page.getByRole('button', { name })).toHaveCount(0);
  await open(page, '/events');
  await expect(page.getByRole('button', { name: 'Export' })).toHaveCount(0);
  const change = await page.context().request.patch(`${program.url}/api/v1/sources/shop`, { data: { name: 'x' }, headers: { Origin: program.url } });
  expect(change.status()).toBe(403);
});

test('a viewer sees locks in the place of personal data, and the server sends none', async ({ page, program }) => {
  const { profile } = await program.track('shop', 'masked', [
    { type: 'sign-up', properties: { email: { main: 'unmistakable@example.com' }, firstname: 'Unmistakable', lastname: 'Person' } },
  ]);
  await signIn(page, program, await userOf(program, 'viewer'));
  const leaks: string[] = [];
  page.on('response', (answer) => {
    if (!answer.url().includes('/api/') || answer.headers()['content-type']?.startsWith('text/event-stream')) return;
    void answer.text().then((text) => /unmistakable/i.test(text) && leaks.push(answer.url()), () => {});
  });
  const lock = { name: 'Personal data that your role does not see' };
  await open(page, '/profiles');
  await expect(rows(page).first().getByRole('img', lock).first()).toBeVisible();
  await rows(page).first().getByRole('img', lock).first().hover();
  await expect(page.getByRole('tooltip')).toHaveText(lock.name);
  for (const tab of ['timeline', 'traits', 'sessions', 'raw']) {
    await open(page, `/profiles/${profile?.id}?tab=${tab}`);
    await expect(page.getByRole('img', lock).first()).toBeVisible();
  }
  await page.screenshot({ path: test.info().outputPath('masked.png') });
  await open(page, `/events?q=${encodeURIComponent('data.pii.firstname = "Unmistakable"')}`);
  await expect(page.getByText('data.pii.firstname is personal data', { exact: false }).first()).toBeVisible();
  expect(leaks).toEqual([]);
});

test('an administrator says who sees personal data', async ({ signedIn: page, program }) => {
  await open(page, '/settings');
  const group = page.getByRole('group', { name: 'Who sees personal data' });
  await expect(group.getByLabel('Administrator')).toBeDisabled();
  await group.getByLabel('Viewer').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  const settings = await program.api<{ personal_data: string[] }>('GET', '/settings');
  expect(settings.personal_data).toContain('viewer');
  await group.getByLabel('Viewer').uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect.poll(async () => (await program.api<{ personal_data: string[] }>('GET', '/settings')).personal_data).not.toContain('viewer');
});

test('an administrator makes accounts and tokens, and takes them away', async ({ signedIn: page, program }) => {
  await open(page, '/users/new');
  await page.getByLabel('E-mail').fill('dora@example.com');
  await page.getByRole('radio', { name: /Developer/ }).check();
  await page.getByLabel(/^Password/).fill('short');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByLabel(/^Password/)).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel(/^Password/).fill(password);
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('row', { name: /dora@example.com/ }).click();
  await page.locator('label', { hasText: 'Disabled' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  const refused = await page.context().request.post(`${program.url}/api/v1/login`, { data: { email: 'dora@example.com', password } });
  expect(refused.status()).toBe(401);
  await page.getByRole('button', { name: 'Delete dora@example.com' }).click();
  await page.getByLabel('Type dora@example.com to confirm').fill('dora@example.com');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page).toHaveURL(/\/users$/);
  await expect(page.getByRole('row', { name: /dora@example.com/ })).toHaveCount(0);

  await open(page, '/tokens/new');
  await page.getByLabel('Name').fill('Nightly report');
  await page.getByRole('button', { name: 'Create' }).click();
  const secret = await page.locator('pre').first().innerText();
  const me = await fetch(`${program.url}/api/v1/me`, { headers: { Authorization: `Bearer ${secret}` } });
  expect(me.status).toBe(200);
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Delete Nightly report' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByText('Nightly report')).toHaveCount(0);
});
