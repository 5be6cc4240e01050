import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, open, settled, signIn, test } from './fixtures';
import { openings } from './openings';
import { allRoutes } from './routes';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** Serious faults of accessibility of what is open. In the dark only colours differ. */
async function faultsOf(page: Page, colorScheme: 'light' | 'dark') {
  await page.emulateMedia({ colorScheme });
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
  const axe = new AxeBuilder({ page }).exclude('[role=row]:nth-child(n + 6)'); // rows are alike
  const { violations } = await (colorScheme === 'light' ? axe.withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']) : axe.withRules(['color-contrast'])).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${page.url()} ${colorScheme} ${id} ${target.join(' ')}: ${failureSummary}`));
}

test('the page to sign in has no serious faults of accessibility', async ({ page }) => {
  await open(page, '/login');
  expect([...(await faultsOf(page, 'light')), ...(await faultsOf(page, 'dark'))]).toEqual([]);
});

test('nothing that opens over a page has serious faults of accessibility', async ({ signedIn: page }) => {
  test.setTimeout(300_000);
  const found: string[] = [];
  for (const { path, show, shown } of openings) {
    await page.emulateMedia({ colorScheme: 'light' });
    await open(page, path);
    await show(page);
    await expect(shown(page)).toBeVisible();
    await settled(page);
    found.push(...(await faultsOf(page, 'light')), ...(await faultsOf(page, 'dark')));
  }
  // Lists of options scroll with the arrow keys of the line above them, and need no focus of their own.
  expect(found.filter((fault) => !fault.includes(' scrollable-region-focusable '))).toEqual([]);
});

// Two halves, so that two workers share the work.
for (const half of [0, 1]) {
  test(`no page has serious faults of accessibility, ${half + 1} of 2`, async ({ page, program }) => {
    test.setTimeout(300_000);
    await signIn(page, program);
    const found: string[] = [];
    for (const [at, path] of (await allRoutes(program)).entries()) {
      if (at % 2 !== half) continue;
      await open(page, path);
      found.push(...(await faultsOf(page, 'light')), ...(await faultsOf(page, 'dark')));
    }
    expect(found).toEqual([]);
  });
}
