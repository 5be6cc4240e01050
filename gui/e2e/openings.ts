import type { Locator, Page } from '@playwright/test';

interface Opening {
  name: string;
  path: string;
  show(page: Page): Promise<unknown>;
  shown(page: Page): Locator;
}

const dialog = (page: Page) => page.getByRole('dialog').first();
const press = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).click();

/** What opens over pages: popovers, dialogs, lists and messages. */
export const openings: readonly Opening[] = [
  { name: 'views', path: '/events', show: press('Views'), shown: dialog },
  { name: 'columns', path: '/events', show: async (page) => {
    await press('Columns')(page);
    await page.getByRole('combobox', { name: 'Columns' }).click();
  }, shown: (page) => page.getByRole('option').first() },
  { name: 'export', path: '/events', show: press('Export'), shown: dialog },
  { name: 'time', path: '/events', show: press(/All time/), shown: dialog },
  { name: 'bars as a table', path: '/events', show: press('Show as table'), shown: (page) => page.getByRole('table').first() },
  { name: 'suggestions', path: '/events', show: (page) => page.getByRole('combobox', { name: 'Condition' }).pressSequentially('properties.'), shown: (page) => page.getByRole('listbox') },
  { name: 'a mistake', path: '/events', show: async (page) => {
    await page.getByRole('combobox', { name: 'Condition' }).fill('type:(purchase or');
    await page.keyboard.press('Enter');
  }, shown: (page) => page.getByRole('alert') },
  { name: 'the person', path: '/events', show: press(/^Menu of/), shown: dialog },
  { name: 'the palette', path: '/events', show: (page) => page.keyboard.press('Control+k'), shown: dialog },
  { name: 'the shortcuts', path: '/events', show: (page) => page.keyboard.press('?'), shown: dialog },
  { name: 'a question', path: '/sources/shop?tab=settings', show: press(/^Delete/), shown: dialog },
  { name: 'the unsaved form', path: '/sources/shop?tab=settings', show: async (page) => {
    await page.getByLabel('Description').fill('Not saved');
    await page.getByRole('link', { name: 'Events', exact: true }).click();
  }, shown: dialog },
  { name: 'a message', path: '/sources/shop?tab=settings', show: async (page) => {
    await page.getByLabel('Description').fill(`Told ${Date.now()}`);
    await page.getByRole('button', { name: 'Save' }).click();
  }, shown: (page) => page.getByText('Saved', { exact: true }) },
  { name: 'the ended session', path: '/sources/new', show: async (page) => {
    await page.getByLabel('Name').fill('Half written');
    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Create source' }).click();
  }, shown: dialog },
];
