import { describe, expect, it } from 'vitest';
import { exportURL, leavesOf, textAt, valueAt } from './documents';

const document = { id: 'e', a: { b: { c: 5, 'd.e': 'dotted' }, list: [1, 2] }, 'x.y': { z: true }, none: null };

describe('valueAt', () => {
  it.each([
    ['a.b.c', 5],
    ['a.b.d.e', 'dotted'],
    ['x.y.z', true],
    ['a.list', [1, 2]],
    ['none', null],
    ['a.b.missing', undefined],
    ['a.b.c.deeper', undefined],
    ['toString', undefined],
    ['', undefined],
  ])('%s', (path, want) => expect(valueAt(document, path)).toEqual(want));
});

it('textAt writes what is there', () => {
  expect(['a.b.c', 'a.list', 'none', 'missing'].map((path) => textAt(document, path))).toEqual(['5', '[1,2]', '', '']);
});

it('leavesOf is flat, and keeps lists', () => {
  expect(leavesOf({ a: { b: 1, c: { d: 'x' } }, e: [1] }, 'data')).toEqual([
    ['data.a.b', 1],
    ['data.a.c.d', 'x'],
    ['data.e', [1]],
  ]);
  expect(leavesOf(undefined)).toEqual([]);
});

it('exportURL leaves out what is empty, and columns where there are none', () => {
  const filter = { q: 'type = "a&b"', from: '-7d', to: '' };
  expect(exportURL('events', filter, 'csv', ['id', 'type'])).toBe('/api/v1/events/export?q=type+%3D+%22a%26b%22&from=-7d&format=csv&fields=id%2Ctype');
  expect(exportURL('events', { q: '', from: '', to: '' }, 'json', ['id'])).toBe('/api/v1/events/export?format=json');
});
