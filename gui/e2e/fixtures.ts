import { test as base, expect, type Page } from '@playwright/test';
import { admin, onServers, Program } from './program';

/** People of the sample data, with the address by which each is found. */
const people = ['ann.bell', 'jan.kowalski', 'maja.nowak'];
const types = ['page-view', 'page-view', 'product-added-to-basket', 'search', 'purchase'];

/** Adds what the checks know by heart: a web shop's week with three people who gave their names. */
async function fill(program: Program) {
  await program.api('POST', '/sources', { id: 'shop', name: 'Web shop', types: ['rest'], channel: 'Web' });
  const now = Date.now();
  for (let visitor = 0; visitor < 40; visitor++) {
    const session = `visit-${visitor}`;
    const at = (step: number) => ({ insert: new Date(now - (visitor * 4 + 1) * 3_600_000 + step * 60_000).toISOString() });
    const events = types.map((type, step) => ({
      type,
      properties: type === 'purchase' ? { amount: 10 + visitor * 5, currency: 'EUR' } : type === 'search' ? { query: 'red shoes' } : { step },
      time: at(step),
    }));
    const [firstname, lastname] = people[visitor]?.split('.') ?? [];
    const signUp = { type: 'sign-up', properties: { email: { main: `${firstname}.${lastname}@example.com` }, firstname, lastname }, time: at(6) };
    await program.send('shop', session, firstname ? [...events, signUp] : events);
  }
  await program.seen();
}

interface Fixtures {
  /** A failure that a check provokes on purpose. */
  provoked?: RegExp;
  /** Signs in in the browser's context, without the login page. */
  signedIn: Page;
}

interface WorkerFixtures {
  /** A program with the sample data, shared by the checks of a worker. */
  program: Program;
}

/** Checks with a program. Errors on the console and requests to other hosts fail every one of them. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  program: [
    async ({}, use) => {
      const program = new Program();
      try {
        await program.fill();
        await program.start();
        await fill(program);
        await use(program);
      } finally {
        await program.remove();
      }
    },
    { scope: 'worker', timeout: onServers ? 300_000 : 60_000 },
  ],
  baseURL: async ({ program }, use) => use(program.url),
  provoked: [undefined, { option: true }],
  page: async ({ page, provoked }, use) => {
    const faults = watch(page);
    await use(page);
    expect(faults().filter((fault) => !provoked?.test(fault))).toEqual([]);
  },
  signedIn: async ({ page, program }, use) => {
    await signIn(page, program);
    await use(page);
  },
});

export { expect };

/** Answers that a check provokes on purpose, and that browsers print on the console. */
const expectedFailures = /status of (401|403|404|422|429|400)|ERR_CONNECTION_REFUSED/;

/** Collects what must not happen on any page. */
export function watch(page: Page): () => string[] {
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !expectedFailures.test(message.text())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.stack ?? error.message));
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (/^https?:$/.test(protocol) && hostname !== '127.0.0.1') faults.push(`request to ${request.url()}`);
  });
  return () => faults;
}

export async function signIn(page: Page, program: Program, who = admin) {
  const answer = await page.context().request.post(`${program.url}/api/v1/login`, { data: who });
  expect(answer.status()).toBe(200);
}

/** The rows of data of the table on the page. */
export const rows = (page: Page) => page.locator('[role=grid] [role=row]:not(:has([role=columnheader]))');

/** Opens a page and waits until it shows what it has to show. */
export async function open(page: Page, path: string) {
  await page.goto(path);
  await expect(page.locator('main').first()).toBeVisible();
  if (path.includes('event=')) await expect(page.getByRole('dialog').getByRole('tabpanel')).toBeVisible();
  await settled(page);
}

/** Waits until nothing is being loaded. */
export async function settled(page: Page) {
  await expect(page.locator('[aria-busy=true], .mantine-Skeleton-root[data-visible]')).toHaveCount(0);
}
