import { describe, expect, it } from 'vitest';
import { linesOf, search } from './tree';

const value = { a: 1, b: { c: 'Deep', d: [true, { e: null }] }, empty: {} };

describe('linesOf', () => {
  it('shows what is open only', () => {
    expect(linesOf(value, () => false).map((line) => line.path)).toEqual(['a', 'b', 'empty']);
    expect(linesOf(value, (path) => path === 'b').map((line) => line.path)).toEqual(['a', 'b', 'b.c', 'b.d', 'empty']);
    expect(linesOf(value, () => true).map((line) => [line.path, line.depth, line.size])).toEqual([
      ['a', 0, undefined],
      ['b', 0, 2],
      ['b.c', 1, undefined],
      ['b.d', 1, 2],
      ['b.d[0]', 2, undefined],
      ['b.d[1]', 2, 1],
      ['b.d[1].e', 3, undefined],
      ['empty', 0, 0],
    ]);
  });
  it('never opens what is empty', () => expect(linesOf({ x: [] }, () => true)[0]?.open).toBe(false));
});

describe('search', () => {
  it('finds names and values whatever their case, with the ways to them', () => {
    expect(search(value, 'deep')).toEqual({ hits: new Set(['b.c']), ways: new Set(['b']) });
    expect(search(value, 'E').hits).toEqual(new Set(['b.c', 'b.d[0]', 'b.d[1].e', 'empty']));
    expect(search(value, 'e').ways).toEqual(new Set(['b', 'b.d', 'b.d[1]']));
  });
  it('does not take positions in lists for names', () => expect(search({ list: ['x'] }, '0').hits.size).toBe(0));
  it('finds nothing without a text', () => expect(search(value, '').hits.size).toBe(0));
});
