import { expect, test } from '@playwright/test';
import { open, signIn, watch } from './fixtures';
import { Program } from './program';

const lists = ['/', '/live', '/events', '/profiles', '/sessions', '/sources', '/tokens'];

test('on an empty installation every list says what it is for and what to do', async ({ page }) => {
  const faults = watch(page);
  const program = new Program();
  try {
    await program.start();
    await page.goto(program.url);
    await signIn(page, program);
    for (const path of lists) {
      await open(page, program.url + path);
      const main = page.getByRole('main');
      await expect(main.getByRole('heading', { level: 2 }), path).toHaveCount(1);
      await expect(main.getByRole('link', { name: 'Read more' }), path).toBeVisible();
      const next = main.getByRole('heading', { level: 2 }).locator('..').locator('a[href^="/"]');
      await expect(next, path).toHaveCount(1);
    }
    await open(page, `${program.url}/events?q=type:x`);
    await expect(page.getByRole('heading', { name: 'No match' })).toBeVisible();
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await expect(page.getByRole('heading', { name: 'No events yet' })).toBeVisible();
    expect(faults()).toEqual([]);
  } finally {
    await program.remove();
  }
});
