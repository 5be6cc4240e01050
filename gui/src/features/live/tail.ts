import type { Document } from '../../api/documents';

/** The most events that the tail keeps. */
export const mostKept = 500;

/** What the tail knows: events by the order in which they were seen, the newest first. */
export interface Tail {
  /** What is shown. */
  shown: readonly Document[];
  /** What came while the tail was paused. */
  waiting: readonly Document[];
  /** How many events came too fast to be told. */
  skipped: number;
}

export const emptyTail: Tail = { shown: [], waiting: [], skipped: 0 };

/** Adds events of which some may be known already. Paused, the list does not move. */
export function received(tail: Tail, events: readonly Document[], paused: boolean): Tail {
  const known = new Set([...tail.shown, ...tail.waiting].map(({ id }) => id));
  const fresh = events.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return tail;
  const waiting = [...fresh, ...tail.waiting].slice(0, mostKept);
  return paused ? { ...tail, waiting } : resumed({ ...tail, waiting });
}

/** Takes note of events that the stream left out. */
export function leftOut(tail: Tail, count: number): Tail {
  return { ...tail, skipped: tail.skipped + count };
}

/** Shows what waited. */
export function resumed(tail: Tail): Tail {
  return { ...tail, shown: [...tail.waiting, ...tail.shown].slice(0, mostKept), waiting: [] };
}
