import type { EventType } from '../../api/eventtypes';
import type { Json } from '../../api/documents';

/** What somebody filled in. */
export interface Draft {
  source: string;
  type: string;
  properties: string;
  session: string;
  profile: string;
}

/** The payload as trackers send it. */
export function payloadOf({ source, type, properties, session, profile }: Draft) {
  return {
    source: { id: source },
    session: { id: session.trim() },
    ...(profile.trim() && { profile: { id: profile.trim() } }),
    events: [{ type: type.trim(), properties: parsed(properties) }],
    options: { debugger: true }, // the answer tells the ids of events
  };
}

const parsed = (properties: string) => JSON.parse(properties.trim() || '{}') as Json;

/** Why properties cannot be sent: no JSON, or no object. Undefined when they can. */
export function faultOfProperties(text: string): { reason?: string } | undefined {
  try {
    const value = parsed(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? undefined : {};
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

const exampleOf = (type: string, example?: string): Json => {
  if (/int|float|number/.test(type)) return Number(example) || 1;
  if (/bool/.test(type)) return example !== 'false';
  if (/list|array/.test(type)) return example ? [example] : [];
  return example ?? '';
};

/** Properties such as events of a predefined type carry. */
export function exampleFor({ properties }: Pick<EventType, 'properties'>): { [name: string]: Json } {
  const example: { [name: string]: Json } = {};
  for (const property of properties) {
    const names = property.path.split('.');
    const last = names.pop() ?? '';
    let place = example;
    for (const name of names) {
      const inner = place[name];
      place = (typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : (place[name] = {})) as { [name: string]: Json };
    }
    place[last] = exampleOf(property.type, property.example);
  }
  return example;
}
