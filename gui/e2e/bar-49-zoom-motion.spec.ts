import { expect, open, rows, test } from './fixtures';
import { allRoutes } from './routes';

test('at 320 pixels nothing is cut off', async ({ signedIn: page, program }) => {
  test.setTimeout(120_000);
  await page.setViewportSize({ width: 320, height: 640 }); // what 1280 pixels are at 400 %
  for (const path of await allRoutes(program)) {
    await open(page, path);
    const outside = await page.evaluate(() => {
      // What is within something that scrolls can be reached; the rest has to fit.
      const scrolls = (element: Element | null): boolean => element !== null && element.tagName !== 'MAIN' && (/auto|scroll|hidden/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
      return [...document.querySelectorAll('main button, main a, main input, main h1, main h2, main p')]
        .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 1 && !scrolls(element.parentElement))
        .map((element) => element.outerHTML.slice(0, 120));
    });
    expect({ path, outside }).toEqual({ path, outside: [] });
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
  });
});
