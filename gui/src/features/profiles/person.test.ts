import { describe, expect, it } from 'vitest';
import { idsOf, nameOf, originsOf } from './person';

describe('nameOf', () => {
  it.each([
    [{ pii: { firstname: 'Ann', lastname: 'Bell' }, contact: { email: { main: 'ann@example.com' } } }, 'Ann Bell'],
    [{ pii: { firstname: 'Ann' } }, 'Ann'],
    [{ pii: { display_name: 'Annie', firstname: 'Ann' } }, 'Annie'],
    [{ contact: { email: { main: 'ann@example.com' } } }, 'ann@example.com'],
    [{ contact: { phone: { main: '+48 1' } } }, '+48 1'],
    [{}, ''],
  ])('%j', (data, want) => expect(nameOf({ id: 'p', data })).toBe(want));
});

it('originsOf reads what the profile keeps, and skips what it cannot read', () => {
  const fields = { 'data.pii.firstname': ['2026-01-31T10:00:00Z', 'e1', 'An'], 'traits.a': ['2026-01-31T10:00:00Z', 'e2'], odd: 'x' };
  expect(originsOf({ id: 'p', metadata: { fields } })).toEqual(
    new Map([
      ['data.pii.firstname', { time: '2026-01-31T10:00:00Z', event: 'e1', former: 'An' }],
      ['traits.a', { time: '2026-01-31T10:00:00Z', event: 'e2', former: undefined }],
    ]),
  );
  expect(originsOf({ id: 'p' }).size).toBe(0);
});

it('idsOf puts the own id first and says each once', () => {
  expect(idsOf({ id: 'p', ids: ['q', 'p', 3] })).toEqual(['p', 'q']);
  expect(idsOf({ id: 'p' })).toEqual(['p']);
});
