import { expect, open, rows, settled, test } from './fixtures';
import { allRoutes } from './routes';

test('a server that is away is told, the pages keep their data, and all is well by itself afterwards', async ({ signedIn: page, program }) => {
  await open(page, '/profiles');
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await expect(page.locator('[data-total]')).toBeVisible();
  await expect(rows(page).first()).toBeVisible();
  const total = Number(await page.locator('[data-total]').getAttribute('data-total'));
  await program.stop();

  // Clicking around: both pages keep what they had, and the banner counts down.
  await page.keyboard.press('r');
  const lost = page.getByText(/Connection lost, trying again in \d+ s/);
  await expect(lost).toBeVisible();
  const said = await lost.innerText();
  await expect(lost).not.toHaveText(said);
  await expect(page.locator('[data-total]')).toHaveAttribute('data-total', String(total));
  await page.getByRole('link', { name: 'Profiles', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Profiles' })).toBeVisible();
  await expect(rows(page).first()).toBeVisible();
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await expect(rows(page).first()).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);

  // Started again, the page asks anew by itself: what came in meanwhile is there, and so it must not ask before that.
  await page.route('**/api/**', (route) => route.abort('connectionrefused'));
  await program.start();
  await program.track('shop', 'after-the-outage', [{ type: 'after-the-outage' }]);
  await page.unroute('**/api/**');
  await expect(page.getByText(/Connection lost/)).toHaveCount(0, { timeout: 30_000 });
  await expect(async () => expect(Number(await page.locator('[data-total]').getAttribute('data-total'))).toBeGreaterThan(total)).toPass({ timeout: 15_000 });
});

test.describe('a part of the application', () => {
  test.use({ provoked: /the server does not answer/ });

  test('that was never open comes by itself when the server is back', async ({ signedIn: page, program }) => {
    await open(page, '/events');
    await program.stop();
    await page.keyboard.press('g');
    await page.keyboard.press('h');
    await expect(page.getByText(/Connection lost/)).toBeVisible();
    await expect(page.getByRole('main').getByRole('alert')).toContainText('The server does not answer');
    // The page before is there still.
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await expect(rows(page).first()).toBeVisible();
    await page.keyboard.press('g');
    await page.keyboard.press('h');
    await program.start();
    await expect(page.getByRole('heading', { level: 1, name: 'Health' })).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole('region', { name: 'Stores' })).toContainText('answers');
    await expect(page.getByText(/Connection lost/)).toHaveCount(0);
  });
});

test.describe('one part', () => {
  test.use({ provoked: /status of 500/ });

  test('that fails leaves the others alone, and can be tried again', async ({ signedIn: page }) => {
    const problem = { title: 'Internal Server Error', status: 500, detail: 'something went wrong', request_id: 'request-7' };
    let broken = true;
    await page.route(/\/events\/top\/type\?/, (route) => (broken ? route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) }) : route.continue()));
    await page.goto('/');
    const failed = page.getByRole('region', { name: 'Top event types' });
    await expect(failed.getByRole('alert')).toContainText('request-7', { timeout: 30_000 });
    await expect(page.locator('[data-figure=events]').first()).toHaveText(/\d/);
    await expect(page.getByRole('img', { name: /Events over time/ })).toBeVisible();
    broken = false;
    await failed.getByRole('button', { name: 'Try again' }).click();
    await expect(failed.getByRole('link', { name: 'page-view', exact: true })).toBeVisible();
  });

  test('no page waits for ever for what failed', async ({ signedIn: page, program }) => {
    test.setTimeout(120_000);
    const paths = await allRoutes(program);
    await page.route(/\/api\/v1\/(?!me$)/, (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ title: 'Internal Server Error', status: 500, detail: 'something went wrong', request_id: 'request-8' }) }));
    for (const path of paths) {
      await page.goto(path);
      await expect(page.getByRole('heading').first(), path).toBeVisible();
      await settled(page);
      if (/nowhere|account|new$/.test(path)) continue; // they ask for nothing
      await expect(page.getByRole('alert').first(), path).toContainText('request-8');
      await expect(page.getByRole('alert').first().getByRole('button', { name: 'Try again' }), path).toBeVisible();
    }
  });
});
