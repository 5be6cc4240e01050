import { expect, it } from 'vitest';
import type { View } from '../../api/views';
import { contentOf, searchOf, shows } from './content';

const search = { q: 'type = "a"', from: '-7d', columns: 'type,id' };
const view: View = { name: 'x', page: 'events', version: 1, created: '', updated: '', ...contentOf(search) };

it('contentOf keeps what is there', () => {
  expect(contentOf(search)).toEqual({ q: 'type = "a"', from: '-7d', columns: ['type', 'id'] });
  expect(contentOf({})).toEqual({});
});

it('searchOf takes out of the address what the view does not say', () => {
  expect(searchOf(view)).toEqual({ ...search, to: undefined, sort: undefined });
  expect(Object.keys(searchOf({}))).toEqual(['q', 'from', 'to', 'sort', 'columns']);
});

it('shows compares everything', () => {
  expect(shows(search, view)).toBe(true);
  expect(shows({ ...search, sort: '-type' }, view)).toBe(false);
  expect(shows({}, view)).toBe(false);
});
