import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open, signIn, test } from '../fixtures';
import { allRoutes } from '../routes';

/** Takes a picture of every page, light and dark, in three sizes, for people to look at. PICTURES names the folder, ONLY what an
 * address matches, SPOKEN the language, SIZE one of the sizes. */
const folder = process.env.PICTURES ?? 'test-results/pictures';
const wide = { width: 1440, height: 900 };
const sizes = Object.entries({ wide, small: { width: 1024, height: 768 }, phone: { width: 390, height: 844 } }).filter(([size]) => (process.env.SIZE ?? size) === size);

test.use({ contextOptions: { reducedMotion: 'reduce' } });

test('pictures of every page', async ({ page, program }) => {
  test.setTimeout(600_000);
  mkdirSync(folder, { recursive: true });
  const wanted = new RegExp(process.env.ONLY ?? '');
  const take = async (path: string) => {
    if (!wanted.test(path)) return;
    await open(page, path);
    const name = path.replaceAll(/[0-9a-f-]{20,}/g, 'one').replaceAll(/[^a-z]+/g, '-').replaceAll(/^-|-$/g, '') || 'dashboard';
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const [size, viewport] of sizes) {
        await page.setViewportSize(viewport);
        await page.waitForTimeout(150); // lists lay out their rows anew
        await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
      }
    }
    await page.setViewportSize(wide);
  };
  const { SPOKEN } = process.env;
  if (SPOKEN) await page.addInitScript((language) => localStorage.setItem('tracardi-language', language), SPOKEN);
  await take('/login');
  await signIn(page, program);
  for (const path of await allRoutes(program)) await take(path);
});
