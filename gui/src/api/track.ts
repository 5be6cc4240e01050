import { Problem } from './problem';

/** What the collector answers. */
export interface Tracked {
  events: string[];
  profile: { id: string | null };
}

/** Sends a payload as a tracker does. */
export async function track(payload: unknown): Promise<Tracked> {
  let response: Response;
  try {
    response = await fetch('/track', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(payload) });
  } catch (error) {
    throw new Problem(0, error instanceof Error ? error.message : String(error));
  }
  const text = await response.text();
  if (!response.ok) throw new Problem(response.status, messageOf(text) || `${response.status} ${response.statusText}`);
  return JSON.parse(text) as Tracked;
}

/** The collector's refusals carry a text in one of the ways that trackers know. */
function messageOf(text: string): string {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    return typeof detail === 'string' ? detail : JSON.stringify(detail);
  } catch {
    return text;
  }
}
