import { expect, test } from './fixtures';
import { allRoutes } from './routes';

for (const [width, height] of [
  [1024, 768],
  [390, 844],
  [320, 640],
] as const) {
  test(`no page is wider than a window of ${width}`, async ({ signedIn: page, program }) => {
    test.setTimeout(120_000);
    await page.setViewportSize({ width, height });
    for (const path of await allRoutes(program)) {
      await page.goto(path);
      await page.waitForLoadState('networkidle');
      const wide = await page.evaluate(() => [document.documentElement, document.querySelector('main')].some((element) => element && element.scrollWidth > element.clientWidth));
      expect({ path, wide }).toEqual({ path, wide: false });
    }
  });
}

test('on a phone the menu is a drawer', async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/events');
  await page.getByRole('button', { name: 'Menu', exact: true }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Profiles' }).click();
  await expect(page).toHaveURL(/\/profiles$/);
  await expect(page.getByRole('dialog')).toHaveCount(0);
});
