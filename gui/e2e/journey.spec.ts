import { execFileSync } from 'node:child_process';
import { expect, test } from '@playwright/test';
import { rows, watch } from './fixtures';
import { tabTo } from './keyboard';
import { Program } from './program';

const longest = 60_000; // milliseconds

for (const [what, viewport] of [
  ['a desk', { width: 1440, height: 900 }],
  ['a phone', { width: 390, height: 844 }],
] as const) {
  test(`from an empty folder to the own event on the own page within a minute, on ${what}`, async ({ page }) => {
    test.setTimeout(150_000);
    const faults = watch(page);
    const program = new Program();
    try {
      await page.setViewportSize(viewport);
      const from = Date.now();
      await program.start({ withAdmin: false });
      // Only what the screens say: the link that the program prints, then what each page offers.
      const [link = ''] = /http:\S+\/setup\?token=\S+/.exec(program.output) ?? [];
      await page.goto(link);
      await page.getByLabel('E-mail').fill('me@example.com');
      await page.getByLabel('Password', { exact: true }).fill('four-quite-plain-words');
      await page.getByRole('button', { name: 'Create and sign in' }).click();
      await page.getByLabel('Name').fill('My site');
      await page.getByRole('button', { name: 'Create source' }).click();
      await expect(page.getByText('Listening for events…')).toBeVisible();
      const command = await page.locator('pre', { hasText: 'curl' }).innerText();
      execFileSync('sh', ['-c', command.replace(/^curl /, 'curl -sSf ')], { stdio: 'pipe' });
      await expect(page.getByText('Received. The newest event:')).toBeVisible();
      // Seen live: it is there already, and what comes in now comes to the top.
      if (viewport.width < 1000) await page.getByRole('button', { name: 'Menu', exact: true }).click();
      await page.getByRole('link', { name: 'Live', exact: true }).click();
      const own = rows(page).filter({ has: page.getByRole('gridcell', { name: 'page-view', exact: true }) });
      await expect(own).toHaveCount(1);
      execFileSync('sh', ['-c', command.replace(/^curl /, 'curl -sSf ')], { stdio: 'pipe' });
      await expect(own).toHaveCount(2);
      await own.first().click();
      const story = page.getByRole('dialog');
      await story.locator('[data-step=Recognized]').getByRole('link').first().click();
      await expect(page).toHaveURL(/\/profiles\//);
      await expect(page.getByRole('main').getByRole('button', { name: /\d page-view/ })).toHaveCount(2);
      const took = Date.now() - from;
      console.log(`from an empty folder to the own page: ${(took / 1000).toFixed(1)} s on ${what}`);
      expect(took).toBeLessThan(longest);

      // Stopped and started again while the page is open: it says so, goes on by itself, and everything is there.
      await program.stop();
      if (viewport.width < 1000) await page.getByRole('button', { name: 'Menu', exact: true }).click();
      await page.getByRole('link', { name: 'Events', exact: true }).click();
      await expect(page.getByText(/Connection lost/)).toBeVisible();
      await program.start({ withAdmin: false });
      await expect(page.getByText(/Connection lost/)).toHaveCount(0, { timeout: 30_000 });
      await expect(own).toHaveCount(2);
      await page.goBack();
      await expect(page.getByRole('main').getByRole('button', { name: /\d page-view/ })).toHaveCount(2);
      expect(faults().filter((fault) => !/the server does not answer/.test(fault))).toEqual([]); // that of the page that was asked for meanwhile
    } finally {
      await program.remove();
    }
  });
}

test('the same way needs no mouse', async ({ page }) => {
  const faults = watch(page);
  const program = new Program();
  try {
    await program.start({ withAdmin: false });
    const [link = ''] = /http:\S+\/setup\?token=\S+/.exec(program.output) ?? [];
    await page.goto(link);
    const from = Date.now();
    await expect(page.getByLabel('E-mail')).toBeFocused();
    await page.keyboard.type('me@example.com');
    await page.keyboard.press('Tab');
    await page.keyboard.type('four-quite-plain-words');
    await page.keyboard.press('Enter');
    await expect(page.getByLabel('Name')).toBeFocused();
    await page.keyboard.type('My site');
    await page.keyboard.press('Enter');
    await expect(page.getByText('Listening for events…')).toBeVisible();
    const command = await page.locator('pre', { hasText: 'curl' }).innerText();
    execFileSync('sh', ['-c', command.replace(/^curl /, 'curl -sSf ')], { stdio: 'pipe' });
    await expect(page.getByText('Received. The newest event:')).toBeVisible();
    await tabTo(page, page.getByRole('status').getByRole('link'));
    await page.keyboard.press('Enter');
    const person = page.getByRole('dialog').locator('[data-step=Recognized]').getByRole('link').first();
    await expect(person).toBeVisible();
    await tabTo(page, person);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/profiles\//);
    await tabTo(page, page.getByRole('main').getByRole('button', { name: /\d page-view/ }));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toContainText('page-view');
    console.log(`from the setup link to the own page with the keyboard alone: ${((Date.now() - from) / 1000).toFixed(1)} s`);
    expect(Date.now() - from).toBeLessThan(longest);
    expect(faults()).toEqual([]);
  } finally {
    await program.remove();
  }
});
