import { expect, open, rows, test } from './fixtures';
import { allRoutes } from './routes';

test('at 200 % and at 320 pixels nothing is cut off', async ({ signedIn: page, program }) => {
  test.setTimeout(180_000);
  // What 1440 pixels are at 200 %, and 1280 at 400 %.
  for (const path of await allRoutes(program)) for (const width of [720, 320]) {
    await page.setViewportSize({ width, height: 640 });
    if (width === 720) await open(page, path);
    const outside = await page.evaluate(() => {
      // What is within something that scrolls can be reached; the rest has to fit.
      const scrolls = (element: Element | null): boolean => element !== null && element.tagName !== 'MAIN' && (/auto|scroll|hidden/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
      return [...document.querySelectorAll('main button, main a, main input, main h1, main h2, main p')]
        .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 1 && !scrolls(element.parentElement))
        .map((element) => element.outerHTML.slice(0, 120));
    });
    expect({ path, width, outside }).toEqual({ path, width, outside: [] });
  }
});

test.describe('who wants less motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('gets none', async ({ signedIn: page }) => {
    await open(page, '/events');
    await rows(page).first().click();
    await expect(page.getByRole('dialog')).toBeVisible();
    const moving = await page.evaluate(() => document.getAnimations().filter((animation) => Number(animation.effect?.getComputedTiming().duration) > 1).length);
    expect(moving).toBe(0);
    const slow = await page.evaluate(() =>
      [...document.querySelectorAll('*')].filter((element) => {
        const { transitionDuration, animationDuration } = getComputedStyle(element);
        return [transitionDuration, animationDuration].some((times) => times.split(',').some((time) => Number.parseFloat(time) * (time.endsWith('ms') ? 1 : 1000) > 1));
      }).length,
    );
    expect(slow).toBe(0);
    await page.route('**/api/v1/health', () => {}); // what waits does not pulse either
    await page.goto('/health');
    await expect(page.locator('.mantine-Skeleton-root').first()).toBeVisible();
    expect(await page.evaluate(() => document.getAnimations().filter((animation) => Number(animation.effect?.getComputedTiming().duration) > 1).length)).toBe(0);
  });
});
