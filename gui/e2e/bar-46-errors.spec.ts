import { expect, rows, test } from './fixtures';

test('a server that is away is told, and the page recovers by itself', async ({ signedIn: page, program }) => {
  await page.goto('/events');
  await expect(rows(page).first()).toBeVisible();
  await program.stop();
  await page.keyboard.press('r');
  await expect(page.getByText(/Connection lost, trying again in \d+ s/)).toBeVisible();
  await expect(rows(page).first()).toBeVisible();
  await program.start();
  await expect(page.getByText(/Connection lost/)).toHaveCount(0, { timeout: 20_000 });
});

test.describe('one part', () => {
  test.use({ provoked: /status of 500/ });

  test('that fails leaves the others alone', async ({ signedIn: page }) => {
    const problem = { title: 'Internal Server Error', status: 500, detail: 'something went wrong', request_id: 'request-7' };
    let broken = true;
    await page.route('**/api/v1/events?**', (route) => (broken ? route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) }) : route.continue()));
    await page.goto('/profiles');
    await expect(rows(page).first()).toBeVisible();
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await expect(page.getByRole('alert')).toContainText('request-7');
    await expect(page.locator('[data-total]')).toBeVisible();
    broken = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(rows(page).first()).toBeVisible();
  });
});
