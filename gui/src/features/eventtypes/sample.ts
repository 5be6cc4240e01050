import { leavesOf, type Document, type Json } from '../../api/documents';

/** What is known of a property from events that carry it. */
export interface SeenProperty {
  path: string;
  /** The kinds of its values, such as number. */
  kinds: string[];
  /** The share of events that carry it, from 0 to 1. */
  share: number;
  /** The value of the newest event that carries it. */
  example: Json;
}

const kindOf = (value: Json) => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);

/** The properties that events carry, those that most events carry first. The newest event comes first. */
export function propertiesOf(events: readonly Document[]): SeenProperty[] {
  const seen = new Map<string, { kinds: Set<string>; count: number; example: Json }>();
  for (const event of events) {
    for (const [path, value] of leavesOf(event.properties)) {
      if (path === '') continue;
      const known = seen.get(path) ?? { kinds: new Set<string>(), count: 0, example: value };
      known.kinds.add(kindOf(value));
      known.count++;
      seen.set(path, known);
    }
  }
  return [...seen]
    .map(([path, { kinds, count, example }]) => ({ path, kinds: [...kinds].sort(), share: count / events.length, example }))
    .sort((a, b) => b.share - a.share || a.path.localeCompare(b.path));
}
