import { expect, open, rows, test } from './fixtures';

test('a person is found by e-mail and shown on a page of their own', async ({ signedIn: page }) => {
  await page.goto('/events');
  await expect(page.getByRole('grid')).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder(/A place, a source/).fill('jan.kowalski@example.com');
  await page.getByRole('button', { name: 'Find the profile jan.kowalski@example.com' }).click();
  await expect(rows(page)).toHaveCount(1);
  await rows(page).first().click();
  await expect(page).toHaveURL(/\/profiles\/[0-9a-f-]+$/);
  await expect(page.getByRole('heading', { name: 'jan kowalski' })).toBeVisible();
  const who = page.getByRole('region', { name: 'Who it is' });
  await expect(who.getByRole('button', { name: 'Copy' }).first()).toBeVisible();
  await expect(who.getByRole('heading', { name: 'Segments' })).toBeVisible();
  await expect(page.getByRole('heading', { level: 2, name: /\d{4}$/ }).first()).toBeVisible();

  await page.getByRole('combobox', { name: 'Event type' }).click();
  await page.getByRole('option', { name: 'purchase' }).click();
  await expect(page).toHaveURL(/type=purchase/);
  await expect(page.locator('main li button')).toHaveCount(1);
  await expect(page.locator('main li button')).toContainText('purchase');
});

test('the page tells what they agreed to, when they came, and by which ids they are known', async ({ signedIn: page, program }) => {
  const consents = { marketing: { revoke: '2999-01-01T00:00:00Z' }, cookies: { revoke: '2001-01-01T00:00:00Z' } };
  const signUp = { type: 'sign-up', properties: { email: { main: 'tabs@example.com' }, firstname: 'Tab' } };
  const { profile } = await program.track('shop', 'tabs-1', [signUp, { type: 'consent-update', properties: { consents } }]);
  await program.track('shop', 'tabs-2', [{ type: 'page-view' }], profile?.id);
  await open(page, `/profiles/${profile?.id}`);
  const who = page.getByRole('region', { name: 'Who it is' });
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await who.getByRole('button', { name: 'Copy' }).nth(1).click(); // the first one copies the e-mail
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(profile?.id);

  await page.getByRole('tab', { name: 'Consents' }).click();
  await expect(page.getByRole('row', { name: /marketing/ })).toContainText('given');
  await expect(page.getByRole('row', { name: /cookies/ })).toContainText('ended');
  await page.getByRole('tab', { name: 'Traits' }).click();
  await expect(page.getByRole('row', { name: /data\.pii\.firstname/ })).toContainText('Tab');
  await page.getByRole('tab', { name: 'Sessions' }).click();
  const visits = page.getByRole('tabpanel').getByRole('link');
  await expect(visits).toHaveCount(2);
  await visits.first().click();
  await expect(page.getByRole('button', { name: /^Only session\.id/ })).toBeVisible();
  await expect(page.getByRole('main').getByRole('button', { name: /\d (sign-up|page-view)/ })).toHaveCount(1);
});

test('a session leads to what the person did in it', async ({ signedIn: page, program }) => {
  const { profile } = await program.track('shop', 'one-visit', [{ type: 'seen-in-one-visit' }]);
  await program.track('shop', 'another-visit', [{ type: 'seen-in-another-visit' }], profile?.id);
  await open(page, `/sessions?q=${encodeURIComponent('id = "one-visit"')}`);
  await expect(rows(page)).toHaveCount(1);
  await rows(page).first().click();
  await expect(page).toHaveURL(new RegExp(`/profiles/${profile?.id}`));
  await expect(page.getByRole('main').getByRole('button', { name: /\d seen-in-one-visit/ })).toHaveCount(1);
  await expect(page.getByRole('main').getByRole('button', { name: /\d seen-in-another-visit/ })).toHaveCount(0);
});
