import { execFileSync } from 'node:child_process';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { watch } from './fixtures';
import { Program } from './program';

const longest = 60_000; // milliseconds

for (const [what, viewport] of [
  ['a desk', { width: 1440, height: 900 }],
  ['a phone', { width: 390, height: 844 }],
] as const) {
  test(`from an empty folder to the own event on the own page within a minute, on ${what}`, async ({ page }) => {
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
      await page.getByRole('status').getByRole('link').click();
      const story = page.getByRole('dialog');
      await story.locator('[data-step=Recognized]').getByRole('link').first().click();
      await expect(page).toHaveURL(/\/profiles\//);
      await expect(page.getByRole('main').getByRole('button', { name: /\d page-view/ })).toBeVisible();
      const took = Date.now() - from;
      console.log(`from an empty folder to the own page: ${(took / 1000).toFixed(1)} s on ${what}`);
      expect(took).toBeLessThan(longest);

      // Stopped and started again, everything is there.
      await program.stop();
      await program.start({ withAdmin: false });
      await page.reload();
      await expect(page.getByRole('main').getByRole('button', { name: /\d page-view/ })).toBeVisible();
      expect(faults()).toEqual([]);
    } finally {
      await program.remove();
    }
  });
}

/** Presses Tab until a part of the page has the focus, which must be seen. */
async function tabTo(page: Page, part: Locator) {
  for (let press = 0; press < 60; press++) {
    if (await part.evaluate((element) => element === document.activeElement)) {
      expect(await part.evaluate((element) => getComputedStyle(element).outlineStyle)).not.toBe('none');
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error('the part of the page cannot be reached with Tab');
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
