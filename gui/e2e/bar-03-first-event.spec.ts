import { execFileSync } from 'node:child_process';
import { expect, test } from './fixtures';

test('a new source listens until its first event comes in', async ({ signedIn: page, program }) => {
  await page.goto('/sources/new');
  await page.getByLabel('Name').fill('My blog');
  await page.getByRole('textbox', { name: 'Id', exact: true }).fill('blog');
  await page.getByRole('button', { name: 'Create source' }).click();
  await expect(page).toHaveURL(/\/sources\/blog/);
  await expect(page.getByText('Listening for events…')).toBeVisible();
  await expect(page.getByLabel('Copy the tag').first()).toHaveText(`<script async src="${program.url}/tracker/liliput.min.js" data-source="blog"></script>`);

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole('button', { name: 'Copy the tag' }).click();
  await expect.poll(copied).toContain('/tracker/liliput.min.js');
  // Served without TLS, pages have no clipboard of their own.
  await page.evaluate(() => Object.defineProperty(window, 'isSecureContext', { value: false }));
  await page.getByRole('button', { name: 'Copy the command' }).click();
  await expect.poll(copied).toMatch(/^curl /);

  // The example is a command line as people paste it.
  const command = await page.locator('pre', { hasText: 'curl' }).innerText();
  execFileSync('sh', ['-c', command.replace(/^curl /, 'curl -sSf ')], { stdio: 'pipe' });
  await expect(page.getByText('Received. The newest event:')).toBeVisible({ timeout: 2000 });
  await page.getByRole('link', { name: /^(page-view|visit-started|session-opened|profile-created)$/ }).click();
  await expect(page.getByRole('dialog')).toContainText('Received');
  await expect(page.getByRole('dialog')).toContainText('blog');
});
