// The visit of the test of clients, with unmodified browser libraries of other platforms.
import assert from 'node:assert/strict';

// answered waits until so many calls of a library were taken by the server: libraries send them when they find time to.
function answered(page, calls) {
  let taken = 0;
  return page.waitForEvent('response', {
    predicate: (response) => {
      const sent = response.request().postData() ?? '';
      if (response.ok() && /"type":"(track|identify|page|screen|group|alias)"/.test(sent)) taken++;
      return taken >= calls;
    },
    timeout: 60_000,
  });
}

export const clientWalks = {
  'segment-browser': {
    async run({ page, shop, source }) {
      await page.goto(`${shop}/${source}/segment.html`);
      const all = answered(page, 7);
      await page.evaluate(async () => {
        await analytics.track('Product Seen', { price: 9.5 });
        await analytics.identify('ann', { email: 'ann@shop.example', firstName: 'Ann', plan: 'pro' });
        await analytics.page('Home', { url: 'https://shop.example/', title: 'Shop' });
        await analytics.screen('Cart');
        await analytics.group('acme', { name: 'Acme' });
        await analytics.alias('ann', 'old-ann');
        await analytics.track('Order Paid');
      });
      await all;
    },
  },
  'rudder-browser': {
    async run({ page, shop, source }) {
      await page.goto(`${shop}/${source}/rudder.html`);
      const all = answered(page, 6);
      await page.evaluate(async () => {
        await new Promise((resolve) => analytics.ready(resolve));
        const call = (name, ...args) => new Promise((resolve) => analytics[name](...args, resolve));
        await call('track', 'Product Seen', { price: 9.5 });
        await call('identify', 'ann', { email: 'ann@shop.example', firstName: 'Ann', plan: 'pro' });
        await call('page', 'Home', { url: 'https://shop.example/', title: 'Shop' });
        await call('group', 'acme', { name: 'Acme' });
        await call('alias', 'ann', 'old-ann');
        await call('track', 'Order Paid');
      });
      await all;
      assert.equal(await page.evaluate(() => analytics.getUserId()), 'ann');
    },
  },
};
