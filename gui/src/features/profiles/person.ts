import { textAt, valueAt, type Document, type Json } from '../../api/documents';
import { dots } from '../../ui/Masked';

/** What a person is called: the name, else the address, else nothing; dots for one whose name is hidden. */
export function nameOf(profile: Document): string {
  const name = [textAt(profile, 'data.pii.firstname'), textAt(profile, 'data.pii.lastname')].filter(Boolean).join(' ');
  const called = textAt(profile, 'data.pii.display_name') || name || textAt(profile, 'data.contact.email.main') || textAt(profile, 'data.contact.phone.main');
  return called.includes(dots) ? dots : called;
}

/** Where a field's value came from. */
export interface Origin {
  time: string;
  event: string;
  former?: Json;
}

/** The origins of fields by their paths, as the profile keeps them: [time, event, former value]. */
export function originsOf(profile: Document): Map<string, Origin> {
  const origins = new Map<string, Origin>();
  const fields = valueAt(profile, 'metadata.fields');
  if (fields === null || typeof fields !== 'object' || Array.isArray(fields)) return origins;
  for (const [path, origin] of Object.entries(fields)) {
    if (!Array.isArray(origin)) continue;
    const [time, event, former] = origin;
    origins.set(path, { time: typeof time === 'string' ? time : '', event: typeof event === 'string' ? event : '', former });
  }
  return origins;
}

/** The ids by which a profile is known: its own, and others. */
export function idsOf(profile: Document): string[] {
  const ids = profile.ids;
  return [...new Set([profile.id, ...(Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : [])])];
}
