import type { Store } from './store.js';
import { uuid } from './uuid.js';

/** Beginning of the local storage key; the id of the event source follows. */
export const QUEUE = 'tracardi-queue';

const MAX_ENTRIES = 50;
const MAX_CHARS = 200_000;
const MAX_AGE = 24 * 3600_000;
const MAX_TRIES = 20;
const MAX_WAIT = 3600_000;
const FIRST_WAIT = 1000;
const SLOWEST = 300_000;
/** A claimed entry is left to its tab for this long before another tab may try it. */
const LEASE = 60_000;

/** A request that the server could not take yet. Times are milliseconds since the epoch. */
export interface Entry {
  id: string;
  body: string;
  tries: number;
  /** Not to be tried before. */
  at: number;
  born: number;
}

interface Queue {
  /** How often in a row repeating failed: the whole queue waits longer each time. */
  failures: number;
  /** The server asked for silence until then. */
  pause: number;
  entries: Entry[];
}

/**
 * Requests to be repeated, kept in local storage so that they outlive the page. Every call reads, changes and writes the
 * whole queue, so that several tabs can share it; events carry ids, so a request that two tabs send does no harm.
 */
export class RetryQueue {
  private key: string;

  constructor(
    private store: Store,
    source: string,
  ) {
    this.key = `${QUEUE}:${source}`;
  }

  /** Keeps a request. wait is the server's wish in milliseconds, if it had one. The oldest go when there is no room. */
  add(body: string, wait?: number): void {
    this.change((queue) => {
      const now = Date.now();
      queue.entries.push({ id: uuid(), body, tries: 1, at: now + backoff(queue.failures, wait), born: now });
      let chars = 0;
      let kept = queue.entries.length;
      while (kept > 0 && (chars += queue.entries[kept - 1]!.body.length) <= MAX_CHARS) {
        kept--;
      }
      queue.entries.splice(0, Math.max(kept, queue.entries.length - MAX_ENTRIES));
      silence(queue, now, wait);
    });
  }

  /** Takes the oldest entry that is due and reserves it for a while; undefined when there is none. */
  claim(): Entry | undefined {
    const now = Date.now();
    const queue = this.read();
    const due = queue.pause > now ? undefined : queue.entries.find((entry) => entry.at <= now);
    if (due) {
      due.at = now + LEASE;
      this.write(queue);
    }
    return due;
  }

  /** Forgets an entry: the server took it, or never will. */
  remove(id: string): void {
    this.change((queue) => {
      queue.failures = 0;
      queue.entries = queue.entries.filter((entry) => entry.id !== id);
    });
  }

  /**
   * Puts an entry off after another failure; drops it when it failed too often. The others wait with it, so that a server
   * in trouble sees one request at a time, but come before it, so that one bad request cannot block them.
   */
  postpone(id: string, wait?: number): void {
    this.change((queue) => {
      const now = Date.now();
      const failed = queue.entries.find((entry) => entry.id === id);
      if (failed) {
        const at = now + backoff(++queue.failures, wait);
        const others = queue.entries.filter((entry) => entry !== failed);
        queue.entries = ++failed.tries < MAX_TRIES ? [...others, failed] : others;
        queue.entries.forEach((entry) => (entry.at = Math.max(entry.at, at)));
        failed.at = at;
      }
      silence(queue, now, wait);
    });
  }

  /** Makes all entries due, for example because the network came back. A pause that the server asked for stays. */
  hurry(): void {
    this.change((queue) => queue.entries.forEach((entry) => (entry.at = Math.min(entry.at, Date.now()))));
  }

  /** Time until which the server asked for silence; 0 when it did not. */
  paused(): number {
    const { pause } = this.read();
    return pause > Date.now() ? pause : 0;
  }

  /** Time when the next entry is due; undefined when the queue is empty. */
  next(): number | undefined {
    const queue = this.read();
    return queue.entries.length ? Math.max(queue.pause, Math.min(...queue.entries.map((entry) => entry.at))) : undefined;
  }

  /** Forgets everything. */
  clear(): void {
    this.store.remove(this.key);
  }

  private change(fn: (queue: Queue) => void): void {
    const queue = this.read();
    fn(queue);
    this.write(queue);
  }

  private write(queue: Queue): void {
    if (queue.entries.length || queue.pause > Date.now()) {
      this.store.set(this.key, queue);
    } else {
      this.clear();
    }
  }

  /** Reads the queue; what is no entry or too old is left out. A time too far ahead means that the clock was put back. */
  private read(): Queue {
    const now = Date.now();
    const found = this.store.get(this.key) as Partial<Queue> | null;
    const entries = Array.isArray(found?.entries) ? found.entries : [];
    const pause = Number(found?.pause) || 0;
    return {
      failures: Number(found?.failures) || 0,
      pause: pause > now + MAX_WAIT ? 0 : pause,
      entries: entries
        .filter((entry) => typeof entry?.body === 'string' && entry.born > now - MAX_AGE)
        .map((entry) => (entry.at > now + MAX_WAIT ? { ...entry, at: now } : entry)),
    };
  }
}

function silence(queue: Queue, now: number, wait?: number): void {
  if (wait !== undefined) {
    queue.pause = now + Math.min(wait, MAX_WAIT);
  }
}

/** Milliseconds to wait after so many failures: doubling, with some chance so that clients do not come in step. */
function backoff(failures: number, wait = 0): number {
  const longest = Math.min(FIRST_WAIT * 2 ** failures, SLOWEST);
  return Math.max(Math.min(wait, MAX_WAIT), longest * (0.5 + Math.random() / 2));
}
