// A visitor of the shop in the folder shop, who signs up on another domain.
import assert from 'node:assert/strict';

export const shopWalks = {
  journey: {
    async run({ page, shop, accounts, source }) {
      await page.goto(`${shop}/${source}/index.html`);
      await page.waitForFunction(() => localStorage.getItem('tracardi-profile-id'));
      await page.getByLabel('Search').fill('shoe');
      await page.getByRole('button').click();
      await page.getByRole('link', { name: 'Shoe' }).click();
      await page.getByRole('button', { name: 'Buy' }).click();
      await page.getByRole('heading', { name: 'Basket' }).waitFor();
      const link = page.getByRole('link', { name: 'Sign up' });
      const written = await link.getAttribute('href');
      await link.click();
      await page.getByLabel('First name').fill('Ann');
      const address = new URL(page.url());
      assert.equal(address.origin, accounts);
      assert.deepEqual([...address.searchParams.keys()], ['plan', '__tr_pid', '__tr_src']);
      assert.equal(address.hash, '#form');
      assert.ok(!written.includes('__tr_'));
      await page.getByLabel('E-mail').fill('ann@shop.example');
      await page.getByRole('button').click();
      await page.getByRole('heading', { name: 'Welcome' }).waitFor();
      await page.waitForFunction((id) => localStorage.getItem('tracardi-profile-id') === JSON.stringify(id), address.searchParams.get('__tr_pid'));
      await page.waitForLoadState('networkidle');
    },
  },
};
