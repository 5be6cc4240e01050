import type { Page } from '@playwright/test';
import { heaviestStep } from '../effort';
import { expect, open, rows, signIn, test } from '../fixtures';

const tries = 5;
const condition = 'type = "product-details-page-view" AND properties.price > 100';

interface Watched {
  firstRow?: number;
  longTasks: number[];
  frames: number[];
}

/** Lets the page itself note when its first row stands there, which tasks are long, and how far its frames are apart. */
async function watchSpeed(page: Page) {
  await page.addInitScript(() => {
    const watched: Watched = { longTasks: [], frames: [] };
    Object.assign(window, { watched });
    new PerformanceObserver((list) => watched.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
    let before = performance.now();
    requestAnimationFrame(function look(now) {
      watched.frames.push(now - before);
      before = now;
      if (watched.firstRow === undefined && document.querySelector('[role=row][data-opens]')) watched.firstRow = performance.now();
      requestAnimationFrame(look);
    });
  });
}

const watched = (page: Page) => page.evaluate(() => (window as unknown as { watched: Watched }).watched);
const forget = (page: Page) =>
  page.evaluate(() => {
    Object.assign((window as unknown as { watched: Watched }).watched, { longTasks: [], frames: [] });
  });
const sorted = (numbers: number[]) => [...numbers].sort((a, b) => a - b);
const median = (numbers: number[]) => sorted(numbers)[Math.floor(numbers.length / 2)] ?? 0;
const most = (numbers: number[]) => Math.max(0, ...numbers);
const milliseconds = (number: number) => `${number.toFixed(0)} ms`;

test('a million events', async ({ page, program }) => {
  test.setTimeout(600_000);
  const { count } = await program.api<{ count: number }>('GET', '/events/count');
  await watchSpeed(page);
  await signIn(page, program);
  const table: [what: string, wanted: string, measured: string][] = [];

  const first: number[] = [];
  for (let n = 0; n < tries; n++) {
    await open(page, '/events');
    first.push((await watched(page)).firstRow ?? Infinity);
  }
  table.push(['first rows, from the address to the screen', '1 s', `${milliseconds(median(first))}, at most ${milliseconds(most(first))}`]);

  const line = page.getByRole('combobox', { name: 'Condition' });
  const found: number[] = [];
  for (let n = 0; n < tries; n++) {
    await open(page, '/events');
    await line.fill(condition);
    const from = Date.now();
    await line.press('Enter');
    await expect(page).toHaveURL(/q=/);
    await expect(page.getByRole('grid')).toHaveAttribute('aria-busy', 'false');
    await expect(rows(page).first()).toContainText('product-details-page-view');
    found.push(Date.now() - from);
  }
  table.push(['first rows of two conditions, one on a property', '1 s', `${milliseconds(median(found))}, at most ${milliseconds(most(found))}`]);

  await open(page, '/events');
  await line.focus();
  await page.waitForTimeout(500); // what the page does at its start is over
  await forget(page);
  const heaviestKey = await heaviestStep(page, condition.length, async (at) => {
    await page.keyboard.type(condition.charAt(at));
    await page.waitForTimeout(40);
  });
  const typing = (await watched(page)).longTasks;
  table.push([`typing ${condition.length} characters: longest task`, '50 ms', typing.length > 0 ? `${milliseconds(most(typing))} (${typing.length} above 50 ms)` : 'none above 50 ms']);
  table.push(['typing: most processor time for one key, with its suggestions', '50 ms', milliseconds(heaviestKey)]);
  await expect(line).toHaveValue(condition);

  await open(page, '/events');
  const box = await page.getByRole('grid').boundingBox();
  if (!box) throw new Error('there is no list');
  await page.mouse.move(box.x + 300, box.y + 200);
  await forget(page);
  const heaviestScroll = await heaviestStep(page, 60, async () => {
    await page.mouse.wheel(0, 600);
    await page.waitForTimeout(30);
  });
  const { frames, longTasks } = await watched(page);
  const late = frames.filter((gap) => gap > 50).length;
  table.push(['scrolling: between two frames, median and 95 of 100', '17 ms', `${milliseconds(median(frames))}, ${milliseconds(sorted(frames)[Math.floor(frames.length * 0.95)] ?? 0)}`]);
  table.push(['scrolling: frames that came later than after 50 ms', '0', `${late} of ${frames.length}`]);
  table.push(['scrolling: longest task', '50 ms', longTasks.length > 0 ? milliseconds(most(longTasks)) : 'none above 50 ms']);
  table.push(['scrolling: most processor time for one step of 600 pixels', '50 ms', milliseconds(heaviestScroll)]);

  console.log(`\nWith ${count.toLocaleString('en')} events:\n\n| in the browser | wanted | measured |\n|---|---|---|`);
  for (const row of table) console.log(`| ${row.join(' | ')} |`);
});
