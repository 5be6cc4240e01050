import { heaviestStep } from './effort';
import { expect, open, rows, settled, test } from './fixtures';

const late = 2000; // milliseconds
const rounds = 3;

test('skeletons stand where data will be, and nothing jumps when it comes', async ({ signedIn: page, program }) => {
  test.setTimeout(120_000);
  const { profile } = await program.track('shop', 'late', [{ type: 'sign-up', properties: { firstname: 'Late' } }, { type: 'page-view' }]);
  await open(page, '/');
  await page.route(/\/api\/v1\/(?!me$|settings$)/, async (route) => {
    await new Promise((done) => setTimeout(done, late));
    await route.continue().catch(() => {});
  });
  await page.addInitScript(() => {
    Object.assign(window, { shift: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) (window as unknown as { shift: number }).shift += (entry as unknown as { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  for (const path of ['/events', '/profiles', `/profiles/${profile?.id}`, '/', '/live', '/sources', '/event-types/page-view', '/health']) {
    await page.goto(path);
    // The frame with the title is there long before the data.
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('main').locator('[aria-busy=true], .mantine-Skeleton-root[data-visible]').first(), path).toBeVisible();
    await settled(page);
    await page.waitForTimeout(200); // what comes behind the data would move it now
    const shift = await page.evaluate(() => (window as unknown as { shift: number }).shift);
    console.log(`${path} moves by ${shift.toFixed(3)}`);
    expect(shift, path).toBeLessThan(0.1);
  }
});

test('a list waits in its final shape', async ({ signedIn: page }) => {
  await page.route('**/api/v1/events**', () => {});
  await page.goto('/events');
  await expect(page.getByRole('grid', { name: 'Events' })).toHaveAttribute('aria-busy', 'true');
  await expect(rows(page)).not.toHaveCount(0);
  await expect(page.getByRole('columnheader', { name: 'Type' })).toBeVisible();
});

test('skeletons are there within a tenth of a second', async ({ signedIn: page, program }) => {
  test.setTimeout(120_000);
  const people: (string | undefined)[] = [];
  for (let n = 0; n < rounds; n++) people.push((await program.track('shop', `soon-${n}`, [{ type: 'page-view' }])).profile?.id);
  // Pages that were open before, for something that was not asked for yet.
  const unseen = [(n: number) => `/events?q=type:soon-${n}`, (n: number) => `/profiles?q=stats.visits>${n}`, (n: number) => `/profiles/${people[n]}`];
  const go = (path: string) =>
    page.evaluate((path) => {
      history.pushState(null, '', path);
      dispatchEvent(new PopStateEvent('popstate'));
    }, path);
  await open(page, '/account');
  await page.route(/\/api\/v1\/(?!me$|settings$)/, () => {}); // never answered
  for (const path of unseen) {
    let least = Infinity; // the first time the browser reads the code of the page
    for (let n = 0; n < rounds; n++) {
      await go('/account');
      await expect(page.getByRole('heading', { name: 'Password' })).toBeVisible();
      const took = await heaviestStep(page, 1, async () => {
        await go(path(n));
        await page.waitForFunction(() => document.querySelector('main [aria-busy=true], main .mantine-Skeleton-root[data-visible]'));
      });
      least = Math.min(least, took);
    }
    console.log(`${path(0)} waits after ${least.toFixed(0)} ms of the processor`);
    expect(least).toBeGreaterThan(0);
    expect(least).toBeLessThan(100);
  }
});
