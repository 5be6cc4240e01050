import { expect, open, test } from './fixtures';

test('the first paint is dark on a dark system, and the own choice outlives a reload', async ({ signedIn: page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    requestAnimationFrame(function look() {
      if (document.body) seen.push(getComputedStyle(document.body).backgroundColor);
      if (seen.length < 30) requestAnimationFrame(look);
    });
  });
  await page.goto('/events');
  await expect(page.getByRole('grid')).toBeVisible();
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  const light = seen.filter((colour) => Math.max(...(colour.match(/\d+/g) ?? ['255']).slice(0, 3).map(Number)) > 100);
  expect(seen.length).toBeGreaterThan(0);
  expect(light).toEqual([]);

  await page.getByRole('button', { name: /^Menu of/ }).click();
  await page.getByRole('combobox', { name: 'Theme' }).click();
  await page.getByRole('option', { name: 'Light' }).click();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'light');
});

test('charts, documents and the page to sign in are dark too', async ({ signedIn: page }) => {
  const brightness = (selector: string, property: 'background-color' | 'color' | 'fill') =>
    page.locator(selector).first().evaluate((element, name) => {
      const colour = getComputedStyle(element).getPropertyValue(name);
      const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
      return colour.startsWith('color(') ? (255 * (red + green + blue)) / 3 : (red + green + blue) / 3;
    }, property);
  const parts = [
    ['/events', 'body', 'background-color'],
    ['/events', 'svg[role=img] ~ div', 'color'],
    ['/event-types/purchase', 'main section h2', 'color'],
  ] as const;
  for (const [path, selector, property] of parts) {
    await page.emulateMedia({ colorScheme: 'light' });
    await open(page, path);
    const light = await brightness(selector, property);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(() => brightness(selector, property), `${path} ${selector}`).not.toBe(light);
    expect(await brightness(selector, property) < light, `${path} ${selector}`).toBe(property === 'background-color');
  }
  await page.context().clearCookies();
  await page.goto('/login');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  expect(await brightness('body', 'background-color')).toBeLessThan(80);
  expect(await brightness('h1', 'color')).toBeGreaterThan(150);
});
