/** A response, and what its body said; data is null when that was no JSON. */
export interface Fetched {
  response: Response;
  data: unknown;
}

/** Fetches JSON without cookies; rejects when there is no answer within `patience` milliseconds. */
export async function fetchJson(url: string, init: RequestInit, patience: number): Promise<Fetched> {
  const stop = typeof AbortController === 'function' ? new AbortController() : null;
  const timer = setTimeout(() => stop?.abort(), patience);
  try {
    const response = await fetch(url, { ...init, credentials: 'omit', ...(stop && { signal: stop.signal }) });
    const data: unknown = await response.json().catch(() => null);
    return { response, data };
  } finally {
    clearTimeout(timer);
  }
}
