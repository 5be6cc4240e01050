import type { Page } from '@playwright/test';

/**
 * The most that the page computes for one of many steps, in milliseconds of the processor: what other programs take of it meanwhile
 * does not count.
 */
export async function heaviestStep(page: Page, steps: number, step: (at: number) => Promise<unknown>): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const computed = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  };
  let heaviest = 0;
  for (let at = 0; at < steps; at++) {
    const before = await computed();
    await step(at);
    heaviest = Math.max(heaviest, (await computed()) - before);
  }
  return heaviest;
}
