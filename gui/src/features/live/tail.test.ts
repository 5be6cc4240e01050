import { expect, it } from 'vitest';
import { emptyTail, mostKept, received, resumed } from './tail';

const events = (...ids: string[]) => ids.map((id) => ({ id }));
const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);

it('shows each event once, the newest first', () => {
  let tail = received(emptyTail, events('b', 'a'), false);
  tail = received(tail, events('c', 'b', 'a'), false);
  expect(ids(tail.shown)).toEqual(['c', 'b', 'a']);
});

it('does not move while it is paused, and shows what waited afterwards', () => {
  let tail = received(emptyTail, events('a'), false);
  tail = received(tail, events('b', 'a'), true);
  tail = received(tail, events('c', 'b'), true);
  expect([ids(tail.shown), ids(tail.waiting)]).toEqual([['a'], ['c', 'b']]);
  tail = resumed(tail);
  expect([ids(tail.shown), tail.waiting]).toEqual([['c', 'b', 'a'], []]);
});

it('keeps a bounded number', () => {
  let tail = emptyTail;
  for (let n = 0; n < mostKept + 50; n++) tail = received(tail, events(String(n)), false);
  expect(tail.shown).toHaveLength(mostKept);
  expect(tail.shown[0]?.id).toBe(String(mostKept + 49));
});
