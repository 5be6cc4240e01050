import { expect, open, test } from './fixtures';
import { allRoutes } from './routes';

test('every button, link and field has a name', async ({ signedIn: page, program }) => {
  test.setTimeout(120_000);
  for (const path of await allRoutes(program)) {
    await open(page, path);
    for (const role of ['button', 'link', 'textbox', 'combobox', 'switch'] as const) {
      const nameless = await page.getByRole(role, { name: /^$/ }).evaluateAll((all) => all.filter((one) => !one.textContent?.trim()).map((one) => one.outerHTML.slice(0, 200)));
      const unnamed = [];
      for (const html of nameless) if (!/aria-label|aria-labelledby|id="/.test(html)) unnamed.push(html);
      expect({ path, role, unnamed }).toEqual({ path, role, unnamed: [] });
    }
  }
});
