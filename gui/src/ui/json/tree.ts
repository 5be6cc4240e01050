import type { Json } from '../../api/documents';

/** A line of the tree: a value with its place. */
export interface Line {
  /** Names and positions from the root, which is the key of the line. */
  path: string;
  name: string;
  value: Json;
  depth: number;
  /** How many values are within; undefined for what holds none. */
  size?: number;
  open?: boolean;
}

const isBranch = (value: Json): value is Json[] | { [name: string]: Json } => typeof value === 'object' && value !== null;

const entriesOf = (value: Json[] | { [name: string]: Json }): [string, Json][] =>
  Array.isArray(value) ? value.map((inner, at) => [String(at), inner]) : Object.entries(value);

const below = (path: string, name: string, list: boolean) => (list ? `${path}[${name}]` : path ? `${path}.${name}` : name);

/** The lines that are seen: those within branches for which isOpen holds. */
export function linesOf(root: Json, isOpen: (path: string, depth: number) => boolean): Line[] {
  const lines: Line[] = [];
  const add = (value: Json, parent: string, depth: number) => {
    if (!isBranch(value)) return;
    for (const [name, inner] of entriesOf(value)) {
      const path = below(parent, name, Array.isArray(value));
      if (!isBranch(inner)) {
        lines.push({ path, name, value: inner, depth });
        continue;
      }
      const size = entriesOf(inner).length;
      const open = size > 0 && isOpen(path, depth);
      lines.push({ path, name, value: inner, depth, size, open });
      if (open) add(inner, path, depth + 1);
    }
  };
  add(root, '', 0);
  return lines;
}

/** The paths whose name or value contains a text, and the branches on the way to them. */
export function search(root: Json, text: string): { hits: Set<string>; ways: Set<string> } {
  const hits = new Set<string>();
  const ways = new Set<string>();
  const wanted = text.toLowerCase();
  const look = (value: Json, path: string, above: readonly string[]) => {
    if (!isBranch(value)) return;
    const list = Array.isArray(value);
    for (const [name, inner] of entriesOf(value)) {
      const own = below(path, name, list);
      const found = (!list && name.toLowerCase().includes(wanted)) || (!isBranch(inner) && String(inner).toLowerCase().includes(wanted));
      if (found) {
        hits.add(own);
        for (const way of above) ways.add(way);
      }
      look(inner, own, [...above, own]);
    }
  };
  if (wanted) look(root, '', []);
  return { hits, ways };
}
