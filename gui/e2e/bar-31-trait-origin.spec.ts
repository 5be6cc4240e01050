import { expect, open, test } from './fixtures';

test('a trait tells the event that set it, when, and what was known before', async ({ signedIn: page, program }) => {
  const signUp = (firstname: string) => ({ type: 'sign-up', properties: { email: { main: 'origin@example.com' }, firstname } });
  const { profile } = await program.track('shop', 'origin', [signUp('Al')]);
  await program.track('shop', 'origin', [signUp('Alice')], profile?.id);
  await open(page, `/profiles/${profile?.id}?tab=traits`);
  const row = page.getByRole('row', { name: /data\.pii\.firstname/ });
  await expect(row).toContainText('Alice');
  await expect(row).toContainText('before: Al');
  await row.getByRole('link', { name: /\d{4}/ }).click();
  const event = page.getByRole('dialog');
  await expect(event).toContainText('sign-up');
  await expect(event.getByRole('link', { name: 'shop' })).toBeVisible();
});
