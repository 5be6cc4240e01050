import { expect, open, rows, test } from './fixtures';
import { allRoutes } from './routes';

const sizes = [
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];

test('no page is wider than its window', async ({ signedIn: page, program }) => {
  test.setTimeout(120_000);
  for (const path of await allRoutes(program)) {
    await open(page, path);
    for (const size of sizes) {
      await page.setViewportSize(size);
      const wide = await page.evaluate(() => [document.documentElement, document.querySelector('main')].some((element) => element && element.scrollWidth > element.clientWidth));
      expect({ path, ...size, wide }).toEqual({ path, ...size, wide: false });
    }
  }
});

test('on a phone the menu is a drawer', async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/events');
  await page.getByRole('button', { name: 'Menu', exact: true }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Profiles' }).click();
  await expect(page).toHaveURL(/\/profiles$/);
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('on a phone tables show what matters first', async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const [path, columns] of [['/events', ['Time', 'Type']], ['/profiles', ['Name', 'E-mail']], ['/sources', ['Name', 'State']], ['/users', ['E-mail']], ['/event-types', ['Type', 'Events in 7 days']]] as const) {
    await open(page, path);
    for (const name of columns) await expect(page.getByRole('columnheader', { name, exact: true }), path).toBeInViewport();
  }
});

test('on a phone a person and live events can be worked with', async ({ signedIn: page, program }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const { profile } = await program.track('shop', 'on-a-phone', [{ type: 'sign-up', properties: { firstname: 'Phoebe' } }, { type: 'seen-on-a-phone' }]);
  await open(page, `/profiles/${profile?.id}`);
  await page.getByRole('combobox', { name: 'Event type' }).click();
  await page.getByRole('option', { name: 'seen-on-a-phone' }).click();
  await expect(page.locator('main li button')).toHaveCount(1);
  await page.locator('main li button').click();
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('tab', { name: 'Raw' }).click();
  await expect(drawer.getByRole('tree')).toBeInViewport();
  await drawer.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('tab', { name: 'Traits' }).click();
  await expect(page.getByText('Phoebe').last()).toBeVisible();

  await open(page, '/live');
  const line = page.getByRole('combobox', { name: 'Condition' });
  await line.fill('type:live-on-a-phone');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('heading', { name: /Waiting for events that match/ })).toBeVisible();
  await program.track('shop', 'on-a-phone', [{ type: 'live-on-a-phone' }]);
  await expect(rows(page)).toHaveCount(1);
  for (const name of ['Time', 'Type']) await expect(page.getByRole('columnheader', { name })).toBeInViewport();
  await page.getByRole('button', { name: 'Pause' }).click();
  await program.track('shop', 'on-a-phone', [{ type: 'live-on-a-phone' }]);
  await expect(page.getByText('1 new')).toBeVisible();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(rows(page)).toHaveCount(2);
  await rows(page).first().click();
  await expect(page.getByRole('dialog').locator('[data-step=Received]')).toBeInViewport();
});
