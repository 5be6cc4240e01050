import type { components } from './schema';

export type Fault = components['schemas']['Fault'];

/** What the server says when it refuses a request, or that it could not be reached (status 0). */
export class Problem extends Error {
  override name = 'Problem';

  constructor(
    readonly status: number,
    message: string,
    readonly requestId = '',
    readonly faults: readonly Fault[] = [],
    /** Seconds after which it makes sense to try again; 0 when unknown. */
    readonly retryAfter = 0,
  ) {
    super(message);
  }

  /** The message for a field of the body, by its name in the API. */
  fault(field: string): string | undefined {
    return this.faults.find((fault) => fault.location === `body.${field}` || fault.location.startsWith(`body.${field}[`))?.message;
  }

  /** The messages for fields of a form; undefined for those without a fault. */
  faultsOf(fields: readonly string[]): Record<string, string | undefined> {
    return Object.fromEntries(fields.map((field) => [field, this.fault(field)]));
  }

  /** Whether nothing answered at all. */
  get lost(): boolean {
    return this.status === 0;
  }
}

/** Reads the problem out of an answer. Answers of others on the way, such as proxies, are no JSON. */
export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  const retryAfter = Number(response.headers.get('Retry-After')) || 0;
  try {
    const body = JSON.parse(text) as Partial<components['schemas']['Problem']>;
    if (typeof body.detail === 'string') {
      return new Problem(response.status, body.detail, body.request_id, body.errors ?? [], retryAfter);
    }
  } catch {
    // Said below with the status alone.
  }
  return new Problem(response.status, `${response.status} ${response.statusText}`.trim(), '', [], retryAfter);
}

/** The problem behind anything that was thrown. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(500, error instanceof Error ? error.message : String(error));
}
