import { expect, open, test } from './fixtures';
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
