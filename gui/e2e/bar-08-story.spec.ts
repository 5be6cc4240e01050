import { expect, open, test } from './fixtures';

const steps = ['Received', 'Checked', 'Mapped', 'Recognized', 'Enriched', 'Flows', 'Destinations', 'Stored'];

test('an event tells its story, step by step', async ({ signedIn: page, program }) => {
  const signUp = (firstname: string) => ({ type: 'sign-up', properties: { email: { main: 'story@example.com' }, firstname } });
  const { profile } = await program.track('shop', 'story', [signUp('Sue')]);
  await program.track('shop', 'story', [signUp('Susan')], profile?.id);
  const { items } = await program.api<{ items: { id: string }[] }>('GET', `/events?limit=1&q=${encodeURIComponent('session.id = "story" AND properties.firstname = "Susan"')}`);
  await open(page, `/events?event=${items[0]?.id}`);
  const drawer = page.getByRole('dialog');
  await expect(drawer.locator('[data-step]')).toHaveCount(steps.length);
  expect(await drawer.locator('[data-step]').evaluateAll((all) => all.map((step) => step.getAttribute('data-step')))).toEqual(steps);
  const step = (name: string) => drawer.locator(`[data-step=${name}]`);
  await expect(step('Received').getByRole('link', { name: 'Web shop' })).toBeVisible();
  await expect(step('Checked')).toContainText('A predefined type: Sign Up');
  await expect(step('Mapped')).toContainText('before: Sue');
  await expect(step('Stored')).toContainText(/\d ms/);
  await step('Recognized').getByRole('link', { name: /Susan/ }).click();
  await expect(page).toHaveURL(new RegExp(`/profiles/${profile?.id}`));
});

test('the console tells what would become of an event, and sends it', async ({ signedIn: page, program }) => {
  await open(page, '/event-types/sign-up');
  await page.getByRole('link', { name: 'Send one to try' }).click();
  await expect(page.getByRole('combobox', { name: 'Event type' })).toHaveValue('sign-up');
  await page.getByRole('button', { name: 'Fill in an example' }).click();
  await page.getByRole('button', { name: 'Try' }).click();
  await expect(page.getByText('Choose a source.')).toBeVisible();
  await page.getByRole('combobox', { name: 'Source' }).fill('Web sh');
  await page.getByRole('option', { name: 'Web shop', exact: true }).click();
  await page.getByLabel('Properties').fill('{"email": {"main": "console@example.com"}, "firstname": ');
  await page.getByRole('button', { name: 'Try' }).click();
  await expect(page.getByText(/This is no JSON/)).toBeVisible();
  await page.getByLabel('Properties').fill('{"email": {"main": "console@example.com"}, "firstname": "Connie"}');
  await page.getByLabel('Session').fill('console-check');
  await page.getByRole('button', { name: 'Try' }).click();
  const result = page.getByRole('region', { name: 'What would become of it' });
  await expect(result.getByText('It would be accepted')).toBeVisible();
  await expect(result.locator('[data-stage]').first()).toBeVisible();
  const count = () => program.api<{ count: number }>('GET', `/events/count?q=${encodeURIComponent('session.id = "console-check"')}`);
  expect((await count()).count).toBe(0);

  await page.getByRole('button', { name: 'Send for real' }).click();
  await expect(result.getByText('Sent and stored')).toBeVisible();
  expect((await count()).count).toBeGreaterThan(0);
  await result.getByRole('link', { name: 'See the profile' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Connie' })).toBeVisible();
});

test('the story names the flows that ran', async ({ signedIn: page, program }) => {
  const draft = { nodes: [{ id: 's', type: 'control.start' }, { id: 'n', type: 'consent.add', config: { consents: { mail: true } } }], edges: [{ id: '1', from: 's', port: 'payload', to: 'n' }] };
  await program.api('POST', '/flows', { id: 'told', name: 'Told', draft }).catch(() => {}); // a repeated run has it already
  await program.api('POST', '/flows/told/publish', { note: 'ready' });
  await program.api('POST', '/triggers', { name: 'Told', flow: 'told', event_type: 'told-by-a-flow' });
  await expect(async () => {
    await program.track('shop', 'told', [{ type: 'told-by-a-flow' }]);
    const { items } = await program.api<{ items: { id: string }[] }>('GET', '/events?q=type:told-by-a-flow&limit=1');
    await open(page, `/events?event=${items[0]?.id}`);
    await expect(page.getByRole('dialog').locator('[data-step=Flows]')).toContainText('Told', { timeout: 2000 });
  }).toPass({ timeout: 40_000 }); // workers take note of a new flow within seconds
});
