// What the tracker costs the page: time of the main thread, beside the same page without it.

const ROUNDS = 9;
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

export const costWalks = {
  cost: {
    async run({ page, shop, source }) {
      const browser = page.context().browser();
      const taken = { 'tag.html': [], 'without.html': [] };
      for (let round = 0; round < ROUNDS; round++) {
        for (const name of Object.keys(taken)) {
          taken[name].push(await load(browser, `${shop}/${source}/`, name));
        }
      }
      const of = (name, what) => median(taken[name].map((figures) => figures[what]));
      const more = (what) => Math.max(0, of('tag.html', what) - of('without.html', what)) * 1000;
      console.log(`cost ${JSON.stringify({ script: more('ScriptDuration'), tasks: more('TaskDuration') })}`);
    },
  },
};

/** Opens a page as a new visitor and returns the seconds that it took of its main thread. */
async function load(browser, base, name) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`${base}without.html`); // the process is there, and warm
    const devtools = await context.newCDPSession(page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' }); // without the time that other programs took
    const before = await figures(devtools);
    await page.goto(base + name, { waitUntil: 'networkidle' });
    const after = await figures(devtools);
    return Object.fromEntries(Object.keys(after).map((key) => [key, after[key] - before[key]]));
  } finally {
    await context.close();
  }
}

async function figures(devtools) {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return Object.fromEntries(metrics.filter(({ name }) => ['ScriptDuration', 'TaskDuration'].includes(name)).map(({ name, value }) => [name, value]));
}
