import { expect, test } from '@playwright/test';
import { open, rows, watch } from './fixtures';
import { admin, Program } from './program';

test('the web application in a process of its own works like that within the program', async ({ page }) => {
  test.setTimeout(120_000);
  const faults = watch(page); // a breach of the policy is an error on the console
  const api = new Program();
  const gui = new Program();
  try {
    await api.start({ flags: ['--trusted-proxies', '127.0.0.1'] });
    await gui.start({ withAdmin: false, flags: ['--roles', 'gui', '--api-url', api.url] });
    const answer = await page.goto(`${gui.url}/events`);
    expect(answer?.headers()['content-security-policy']).toContain("script-src 'self';");
    await page.getByLabel('E-mail').fill(admin.email);
    await page.getByLabel('Password', { exact: true }).fill(admin.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { name: 'No events yet' })).toBeVisible();

    await api.api('POST', '/sources', { id: 'shop', name: 'Web shop', types: ['rest'] });
    await open(page, `${gui.url}/live?q=type:sent-apart`);
    await expect(page.getByRole('heading', { name: /Waiting/ })).toBeVisible();
    await api.track('shop', 'apart', [{ type: 'sent-apart' }]);
    await expect(rows(page)).toHaveCount(1);
    await rows(page).first().click();
    await expect(page.getByRole('dialog').locator('[data-step=Received]')).toContainText('Web shop');
    await page.keyboard.press('Escape');
    for (const path of ['/', '/profiles', '/sources/shop', '/health', '/settings']) {
      await open(page, gui.url + path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.getByText('That did not work')).toHaveCount(0);
    }
    expect(faults()).toEqual([]);
  } finally {
    await gui.remove();
    await api.remove();
  }
});
