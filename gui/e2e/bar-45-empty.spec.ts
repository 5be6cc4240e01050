import { expect, test, type Locator } from '@playwright/test';
import { open, signIn, watch } from './fixtures';
import { Program } from './program';

const lists = ['/', '/live', '/events', '/profiles', '/sessions', '/sources', '/tokens'];

/** What those buttons say that have the colour of what is to be done first; the head of a page may have the same once more. */
const primary = (buttons: Locator) =>
  buttons.evaluateAll((all) => {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.backgroundColor = 'var(--mantine-primary-color-filled)';
    const colour = getComputedStyle(probe).backgroundColor;
    probe.remove();
    return [...new Set(all.filter((one) => getComputedStyle(one).backgroundColor === colour).map((one) => one.textContent))];
  });

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
      await expect.poll(() => primary(main.locator('a, button')), `${path}: the primary button`).toEqual([await next.textContent()]);
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
