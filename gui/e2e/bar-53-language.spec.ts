import { readFileSync, readdirSync } from 'node:fs';
import { expect, open, test } from './fixtures';
import { allRoutes } from './routes';

type Words = { [key: string]: string | Words };

/** All texts of a language by their keys. */
function textsOf(language: string): Map<string, string> {
  const features = readdirSync('src/features').map((name) => `src/features/${name}/${language}.json`);
  const texts = new Map<string, string>();
  const walk = (words: Words, path: string) => {
    for (const [key, value] of Object.entries(words)) typeof value === 'string' ? texts.set(`${path}.${key}`, value) : walk(value, `${path}.${key}`);
  };
  for (const file of [`src/app/locales/${language}.json`, ...features]) walk(JSON.parse(readFileSync(file, 'utf8')) as Words, file.replace(`${language}.json`, ''));
  return texts;
}

test('the other language is everywhere, down to times and numbers', async ({ signedIn: page, program }) => {
  test.setTimeout(180_000);
  await open(page, '/events');
  await expect(page.locator('[data-total]')).toContainText(/^\d+,\d{3} events/);
  await page.getByRole('button', { name: /^Menu of/ }).click();
  await page.getByRole('combobox', { name: 'Language' }).click();
  await page.getByRole('option', { name: 'Polski' }).click();
  await expect(page.getByRole('heading', { name: 'Zdarzenia' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'pl');
  await expect(page.locator('[data-total]')).toContainText(/^\d+\s\d{3} zdarze/); // 52 007, not 52,007
  await expect(page.locator('[role=grid] [role=gridcell]').first()).toHaveText(/^\d+ \p{L}+ \d{4}, \d\d:\d\d:\d\d$/u);

  await expect(page.getByRole('img', { name: /^Zdarzenia w czasie: .* w \d+ (godz\.|min|dni)$/ })).toBeVisible();
  const line = page.getByRole('combobox', { name: 'Warunek' });
  await line.fill('type:(purchase or');
  await line.press('Enter');
  await expect(page.getByRole('alert')).toHaveText('Kończy się za wcześnie: brakuje wartości.');

  // An English text that the other language has in other words must not stand anywhere.
  const polish = textsOf('pl');
  const spoken = new Set(polish.values());
  const foreign = new Set([...textsOf('en')].filter(([key, text]) => text.length > 3 && !text.includes('{{') && polish.get(key) !== text && !spoken.has(text)).map(([, text]) => text));
  expect(foreign.size).toBeGreaterThan(200);
  for (const path of await allRoutes(program)) {
    await open(page, path);
    await expect(page.locator('html')).toHaveAttribute('lang', 'pl');
    const shown = await page.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const texts: string[] = [document.title.split(' · ')[0] ?? ''];
      while (walker.nextNode()) if (!walker.currentNode.parentElement?.closest('script, style, pre, [role=gridcell], [role=option], [role=tree]')) texts.push(walker.currentNode.textContent?.trim() ?? '');
      for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]')) for (const name of ['aria-label', 'title', 'placeholder']) texts.push(element.getAttribute(name) ?? '');
      return texts;
    });
    expect({ path, english: shown.filter((text) => foreign.has(text)) }).toEqual({ path, english: [] });
  }
});
