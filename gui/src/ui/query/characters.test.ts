import { describe, expect, it } from 'vitest';
import { accepted, charactersBefore, unitAfter } from './characters';

it('counts characters of two units as one', () => {
  const text = 'name = "😀😀x"';
  expect(charactersBefore(text, text.indexOf('x'))).toBe(10);
  expect(unitAfter(text, 10)).toBe(text.indexOf('x'));
  expect(unitAfter(text, 99)).toBe(text.length);
  expect(unitAfter(text, 0)).toBe(0);
});

describe('accepted', () => {
  it.each([
    ['ty', 0, 2, 'type', 'type ', 5],
    ['type:', 5, 5, '"page-view"', 'type:"page-view" ', 17],
    ['type = "a" and pro > 5', 15, 18, 'properties.amount', 'type = "a" and properties.amount > 5', 33],
    ['type', 4, 4, '=', 'type= ', 6],
    ['type', 4, 4, 'IN', 'type IN ', 8],
    ['"😀" = a ty', 8, 10, 'type', '"😀" = a type ', 14],
  ])('%s', (text, from, to, suggestion, want, cursor) => expect(accepted(text, { from, to }, suggestion)).toEqual({ text: want, cursor }));
});
