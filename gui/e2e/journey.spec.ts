import { execFileSync } from 'node:child_process';
import { expect, test } from '@playwright/test';
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
