import type { Json } from './options.js';
import { report } from './report.js';
import { fetchJson } from './request.js';
import type { RetryQueue } from './retry.js';

/** Answer of the server to a payload. */
export interface Reply {
  task?: string;
  ux?: unknown[];
  response?: Json;
  events?: string[];
  profile?: { id?: string | null } | null;
  session?: { id?: string | null } | null;
  errors?: string[];
  warnings?: string[];
}

/** What became of a request; the fetch response with `data`, its decoded body. Status 0: no answer (yet). */
export interface Answer {
  ok: boolean;
  status: number;
  data: Reply | null;
}

/** For a request whose answer nobody will see. */
export const UNANSWERED: Answer = { ok: false, status: 0, data: null };

/** Browsers refuse keepalive requests and beacons of more than 64 KiB; this leaves room for a second one. */
const KEEPALIVE_BYTES = 60_000;

const TIMEOUT = 30_000;
/** Shortest time in milliseconds between two looks at the queue. */
const SOONEST = 1000;

interface Outcome {
  answer: Answer;
  /** Worth another try, after `wait` milliseconds if the server said so. */
  again: boolean;
  wait?: number;
}

/** Carries payloads to the server and repeats those that it could not take. */
export class Transport {
  private opened = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private draining = false;

  /** late gets the replies to repeated requests. */
  constructor(
    private url: string,
    private queue: RetryQueue,
    private late: (reply: Reply) => void,
  ) {}

  /** Begins to repeat what is kept, after a moment: the requests of the page itself come first. */
  open(): void {
    this.opened = true;
    this.wake();
  }

  /** Forgets what is kept and keeps nothing more; requests under way are not called back. */
  close(): void {
    this.opened = false;
    clearTimeout(this.timer);
    this.queue.clear();
  }

  /** Sends a payload; never rejects. What fails for the time being is kept and repeated. */
  async post(body: string): Promise<Answer> {
    if (this.queue.paused()) {
      this.keep(body);
      return UNANSWERED;
    }
    const { answer, again, wait } = await this.exchange(body);
    if (again) {
      this.keep(body, wait);
    }
    return answer;
  }

  /**
   * Sends a payload that must survive leaving the page. A beacon always carries cookies, which other origins may refuse
   * without the page learning of it, so it is used for the page's own origin and where fetch cannot outlive the page.
   */
  handOver(body: string): void {
    if (this.queue.paused() || navigator.onLine === false) {
      this.keep(body);
    } else if (lasting() && fits(body) && new URL(this.url, location.href).origin !== location.origin) {
      void this.post(body);
    } else if (!beacon(this.url, body)) {
      this.keep(body);
    }
  }

  /** Repeats what is due, one request after another, and comes back when the next one is. */
  private async drain(): Promise<void> {
    if (this.draining || !this.opened) {
      return;
    }
    this.draining = true;
    try {
      for (let entry; navigator.onLine !== false && (entry = this.queue.claim()); ) {
        const { answer, again, wait } = await this.exchange(entry.body);
        if (again) {
          this.queue.postpone(entry.id, wait);
          break;
        }
        this.queue.remove(entry.id);
        if (answer.data) {
          this.late(answer.data);
        }
      }
    } catch (problem) {
      report(problem);
    }
    this.draining = false;
    this.wake();
  }

  /** The network is back: no reason to wait any longer. */
  online(): void {
    this.queue.hurry();
    void this.drain();
  }

  private keep(body: string, wait?: number): void {
    if (this.opened) {
      this.queue.add(body, wait);
      this.wake();
    }
  }

  private wake(): void {
    clearTimeout(this.timer);
    const next = this.opened ? this.queue.next() : undefined;
    if (next !== undefined) {
      this.timer = setTimeout(() => void this.drain(), Math.max(next - Date.now(), SOONEST));
    }
  }

  private async exchange(body: string): Promise<Outcome> {
    const init: RequestInit = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'x-timestamp': String(localTime()) },
      body,
      keepalive: fits(body),
    };
    try {
      const { response, data } = await fetchJson(this.url, init, TIMEOUT);
      const { status } = response;
      if (!response.ok || status === 226) {
        report(`${this.url} answered with status ${status}: ${JSON.stringify(data)}`);
      }
      const again = status === 429 || status >= 500;
      return {
        answer: Object.assign(response, { data: response.ok ? (data as Reply | null) : null }),
        again,
        ...(again && waitOf(response)),
      };
    } catch (problem) {
      report(problem);
      return { answer: UNANSWERED, again: true };
    }
  }
}

/** Whether the browser can finish a fetch when the page is gone. */
export function lasting(): boolean {
  return typeof Request === 'function' && 'keepalive' in Request.prototype;
}

/** Whether a payload is small enough to be sent while the page is left. */
export function fits(body: string): boolean {
  return new Blob([body]).size <= KEEPALIVE_BYTES;
}

function beacon(url: string, body: string): boolean {
  try {
    return navigator.sendBeacon(url, new Blob([body], { type: 'application/json' }));
  } catch {
    return false;
  }
}

/** Milliseconds since the epoch plus the time zone's offset, as the server's clients always sent it. */
function localTime(): number {
  const now = new Date();
  return now.getTime() + now.getTimezoneOffset() * 60_000;
}

/** The Retry-After header (seconds or a date) in milliseconds; only 429 and 503 may set the pace. */
function waitOf(response: Response): { wait?: number } {
  const header = response.status === 429 || response.status === 503 ? response.headers.get('Retry-After') : null;
  if (!header) {
    return {};
  }
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return wait > 0 ? { wait } : {};
}
