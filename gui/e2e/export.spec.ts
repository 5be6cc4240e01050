import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, open, test } from './fixtures';

const q = 'type:purchase and properties.amount > 50';

async function download(page: Page, format: RegExp): Promise<{ name: string; text: string }> {
  await page.getByRole('button', { name: 'Export' }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: format }).click()]);
  await page.keyboard.press('Escape');
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
}

test('a list is exported as it is filtered: shown columns as CSV, whole documents as JSON', async ({ signedIn: page, program }) => {
  const { count } = await program.api<{ count: number }>('GET', `/events/count?q=${encodeURIComponent(q)}`);
  expect(count).toBeGreaterThan(10);
  await open(page, `/events?q=${encodeURIComponent(q)}&columns=type,properties.amount`);
  const table = await download(page, /^CSV/);
  expect(table.name).toBe('events.csv');
  const [head, ...lines] = table.text.trim().split('\r\n').flatMap((line) => line.split('\n'));
  expect(head).toBe('type,properties.amount');
  expect(lines).toHaveLength(count);
  for (const line of lines) expect(Number(/^purchase,(\d+)$/.exec(line)?.[1])).toBeGreaterThan(50);

  const whole = await download(page, /whole documents/);
  expect(whole.name).toBe('events.json');
  const documents = JSON.parse(whole.text) as { type: string; properties: { amount: number }; session: object }[];
  expect(documents).toHaveLength(count);
  expect(documents.every(({ type, properties, session }) => type === 'purchase' && properties.amount > 50 && session)).toBe(true);

  const byLine = await download(page, /document a line/);
  expect(byLine.text.trim().split('\n')).toHaveLength(count);
});
