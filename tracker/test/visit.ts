import { afterEach, beforeEach, vi } from 'vitest';
import { createTracker, type Options, type Tracker } from '../src/index.js';
import type { ContextOptions, SettingsOptions } from '../src/options.js';

export const HOME = 'https://shop.example/catalogue';
export const API = 'https://cdp.example';

/** A request as the server sees it. */
export interface Received {
  url: string;
  init: RequestInit;
  body: any;
}

/** Stands for the server at the other end of fetch: notes each request and answers as told. */
export class Server {
  received: Received[] = [];
  beacons: { url: string; body: Promise<any>; type: string }[] = [];
  /** How to answer; the default is a processed event of profile p-1. */
  answer: (request: Received) => Promise<unknown> | unknown = () => reply();

  get events(): any[] {
    return this.received.flatMap(({ body }) => body.events);
  }
}

/** An answer of the server. */
export function reply(changes: object = {}, status = 200, headers: Record<string, string> = {}): unknown {
  const data = {
    task: 't-1', ux: [], response: {}, events: [], profile: { id: 'p-1' }, session: { id: 's-1' }, errors: [], warnings: [],
    ...changes,
  };
  return { ok: status < 300, status, headers: new Headers(headers), json: async () => data };
}

/** Options of a usual page; the arguments are merged in. */
export function page(tracker: Partial<Options['tracker']> = {}, rest: Partial<Options> = {}): Options {
  return { tracker: { url: { api: API }, source: { id: 'src-1' }, ...tracker }, ...rest };
}

export const withContext = (context: ContextOptions) => page({ context });
export const withSettings = (settings: SettingsOptions) => page({ settings });

/** Everything the browser kept goes, as for a new visitor. */
export function newVisitor(): void {
  localStorage.clear();
  for (const pair of document.cookie.split(/;\s*/)) {
    document.cookie = `${pair.split('=')[0]}=; path=/; max-age=0`;
  }
}

/** Prepares a browser page with frozen time before each test, and closes it afterwards. */
export function browser(): { server: Server; open: (options: Options) => Tracker; errors: () => unknown[][] } {
  const server = new Server();
  const opened: Tracker[] = [];
  let errors = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers({ now: new Date('2030-05-01T10:00:00Z') });
    go(HOME);
    newVisitor();
    document.body.innerHTML = '';
    server.received = [];
    server.beacons = [];
    server.answer = () => reply();
    vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
      const request = { url, init, body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined };
      server.received.push(request);
      return server.answer(request);
    });
    define(Request.prototype, 'keepalive', false);
    define(navigator, 'sendBeacon', (url: string, blob: Blob) => {
      server.beacons.push({ url, type: blob.type, body: blob.text().then((text) => JSON.parse(text)) });
      return true;
    });
    errors = vi.fn();
    vi.spyOn(console, 'error').mockImplementation(errors);
  });

  afterEach(() => {
    opened.splice(0).forEach((tracker) => tracker.consent(false));
    restore();
    vi.useRealTimers();
  });

  return {
    server,
    open: (options) => {
      const tracker = createTracker(options);
      opened.push(tracker);
      return tracker;
    },
    errors: () => errors.mock.calls,
  };
}

/** Lets collected events go out and their answers come in. */
export async function settle(milliseconds = 500): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
}

export function go(url: string): void {
  (window as any).happyDOM.setURL(url);
}

const defined: [object, string, PropertyDescriptor | undefined][] = [];

/** Replaces a property of a browser object until the test ends; a function named get is called for each read. */
export function define(target: object, name: string, value: unknown): void {
  defined.push([target, name, Object.getOwnPropertyDescriptor(target, name)]);
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

/** Makes each use of a property throw until the test ends, as browsers do where storage is forbidden. */
export function forbid(target: object, name: string): void {
  defined.push([target, name, Object.getOwnPropertyDescriptor(target, name)]);
  const refuse = () => {
    throw new DOMException('forbidden', 'SecurityError');
  };
  Object.defineProperty(target, name, { get: refuse, set: refuse, configurable: true });
}

function restore(): void {
  for (const [target, name, before] of defined.splice(0).reverse()) {
    if (before) {
      Object.defineProperty(target, name, before);
    } else {
      delete (target as Record<string, unknown>)[name];
    }
  }
}
