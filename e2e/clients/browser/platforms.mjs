// The visit of the test of clients, with unmodified browser libraries of other platforms.
import assert from 'node:assert/strict';

export const clientWalks = {
  'segment-browser': {
    async run({ page, shop, source }) {
      await page.goto(`${shop}/${source}/segment.html`);
      await page.evaluate(async () => {
        await analytics.track('Product Seen', { price: 9.5 });
        await analytics.identify('ann', { email: 'ann@shop.example', firstName: 'Ann', plan: 'pro' });
        await analytics.page('Home', { url: 'https://shop.example/', title: 'Shop' });
        await analytics.screen('Cart');
        await analytics.group('acme', { name: 'Acme' });
        await analytics.alias('ann', 'old-ann');
        await analytics.track('Order Paid');
      });
      await page.waitForLoadState('networkidle');
    },
  },
  'rudder-browser': {
    async run({ page, shop, source }) {
      await page.goto(`${shop}/${source}/rudder.html`);
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
      await page.waitForLoadState('networkidle');
      assert.equal(await page.evaluate(() => analytics.getUserId()), 'ann');
    },
  },
};
