import { createTracker, type Ready, type Tracker } from './tracker.js';
import type { Options } from './options.js';
import { attempt } from './report.js';

/** What a page and the inline loader put on the window, and what they find there. */
interface Globals {
  tracardi?: { default: Tracker };
  tracker?: { _q?: ArrayLike<unknown>[] };
  config?: unknown;
  response?: { context?: unknown };
  onTracardiReady?: { _q?: ((ready: Ready) => void)[]; bind: (fn: (ready: Ready) => void) => void; call?: (ready: Ready) => void };
}

/** Pages declare it with var or const; the latter is no property of window. */
declare const options: unknown;

const script = document.currentScript as HTMLScriptElement | null;

if (document.readyState === 'loading') {
  document.addEventListener('DOMContentLoaded', () => attempt(boot, undefined));
} else {
  attempt(boot, undefined);
}

/**
 * The inline loader inserts this script when the document is ready and looks for window.tracardi.default as soon as it has
 * run, so everything here happens at once. A page without the loader gets window.tracker from here.
 */
function boot(): void {
  const page = window as unknown as Globals;
  if (page.tracardi?.default) {
    return;
  }
  page.response = page.response ?? { context: {} };
  awaitReady(page);
  const tracker = createTracker(given(), { src: script?.src ?? '', nonce: script?.nonce ?? '' });
  page.tracardi = { default: tracker };
  page.config = page.config ?? tracker.config;
  const stub = page.tracker;
  if (!stub || stub._q) {
    page.tracker = tracker as Globals['tracker'] & Tracker;
    for (const call of stub?._q ?? []) {
      tracker.track(...(Array.from(call) as Parameters<Tracker['track']>));
    }
  }
}

/** The options of the page: its global `options`, or else attributes of the script element. */
function given(): Options | undefined {
  const declared = typeof options === 'object' ? (options as Options | null) : null;
  if (declared?.tracker || !script?.dataset.source) {
    return declared ?? undefined;
  }
  const { source, api, respectDoNotTrack, requireConsent } = script.dataset;
  return {
    tracker: {
      url: api === undefined ? {} : { api },
      source: { id: source },
      settings: { respectDoNotTrack: respectDoNotTrack !== undefined, requireConsent: requireConsent !== undefined },
      auto: { events: [['page-view', {}]], routes: true },
    },
  };
}

/** Provides window.onTracardiReady where no loader did. A function bound too late is called at once. */
function awaitReady(page: Globals): void {
  if (page.onTracardiReady?.call) {
    return;
  }
  const waiting = page.onTracardiReady?._q ?? [];
  let known: Ready | undefined;
  const run = (fn: (ready: Ready) => void) => attempt(() => fn(known!), undefined);
  page.onTracardiReady = {
    bind: (fn) => void (known ? run(fn) : waiting.push(fn)),
    call: (ready) => {
      known = ready;
      waiting.splice(0).forEach(run);
    },
  };
}
