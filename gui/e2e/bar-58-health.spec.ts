import { expect, test } from '@playwright/test';
import { open, signIn, watch } from './fixtures';
import { Program } from './program';

test('the health page tells what comes in and what is wrong, in plain words', async ({ page }) => {
  test.setTimeout(120_000);
  const faults = watch(page);
  const program = new Program();
  try {
    await program.start();
    await page.goto(program.url);
    await signIn(page, program);
    await program.api('POST', '/sources', { id: 'shop', name: 'Web shop', types: ['rest'] });
    await open(page, `${program.url}/health`);
    await expect(page.getByText('Nothing. All is well.')).toBeVisible();
    await expect(page.getByRole('region', { name: 'Stores' })).toContainText('answers');

    for (let n = 0; n < 5; n++) await program.track('shop', 'health', [{ type: 'health-test' }]);
    await expect(page.locator('[data-figure=rate]')).not.toHaveText('0', { timeout: 30_000 });
    for (const name of ['Events a second', '95 % done in', 'Failed', 'Refused', 'In the queue']) await expect(page.getByText(name, { exact: true }), name).toBeVisible();
    // The same numbers as the metrics for machines.
    const metrics = await (await fetch(`${program.url}/metrics`, { headers: program.authorization })).text();
    const counted = [...metrics.matchAll(/^tracardi_events_total(?:\{[^}]*\})? (\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
    const { minutes } = await program.api<{ minutes: { events: number }[] }>('GET', '/health');
    expect(counted).toBeGreaterThan(0);
    expect(minutes.reduce((sum, { events }) => sum + events, 0)).toBe(counted);

    // Somebody sends to a source that there is not.
    for (let n = 0; n < 40; n++) await program.track('nowhere', 'health', [{ type: 'health-test' }]).catch(() => {});
    await expect(page.locator('[data-problem=refusals]')).toContainText(/\d+ % of the requests are refused/, { timeout: 30_000 });
    expect(faults()).toEqual([]);
  } finally {
    await program.remove();
  }
});
