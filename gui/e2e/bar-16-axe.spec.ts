import AxeBuilder from '@axe-core/playwright';
import { expect, signIn, test } from './fixtures';
import { allRoutes } from './routes';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no page has serious faults of accessibility, ${colorScheme}`, async ({ page, program }) => {
    test.setTimeout(180_000);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const examine = async (path: string) => {
      await page.goto(path);
      await page.waitForLoadState('networkidle');
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${path} ${id} ${target.join(' ')}: ${failureSummary}`));
    };
    const found = await examine('/login');
    await signIn(page, program);
    for (const path of await allRoutes(program)) found.push(...(await examine(path)));
    expect(found).toEqual([]);
  });
}
