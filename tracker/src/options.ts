import type { Helpers, Ready, Tracker } from './tracker.js';

/** JSON object as it travels to the server. */
export type Json = Record<string, unknown>;

/** What the page passes in: the global `options` object, or the argument of `createTracker`. */
export interface Options {
  tracker: {
    url?: { script?: string | null; api?: string };
    source: { id: string };
    profile?: { id: string };
    context?: ContextOptions;
    settings?: SettingsOptions;
    external?: External[];
    auto?: AutoOptions;
  };
  listeners?: Listeners;
  /** Set by the inline loader; holds what it found out about the graphics card. */
  context?: { gpu?: unknown };
}

/** Which facts about the visitor's browser travel with the events. */
export interface ContextOptions {
  browser?: boolean;
  screen?: boolean;
  page?: boolean;
  ids?: boolean;
  tracardiPass?: boolean;
  utm?: boolean;
  cookies?: boolean;
  storage?: boolean;
  performance?: boolean;
  location?: boolean | LocationLookup;
}

/** Service that answers with the visitor's place, and the function that turns its answer into `context.location`. */
export interface LocationLookup {
  url: string;
  data: (answer: any) => unknown;
}

/** Behaviour of the tracker as a whole. */
export interface SettingsOptions {
  trackExternalLinks?: string[];
  respectDoNotTrack?: boolean;
  requireConsent?: boolean;
  nonce?: string;
}

/** Request whose JSON answer is added to the context under `key` and cached in local storage under `storage`. */
export interface External {
  url: string;
  method?: string;
  body?: unknown;
  storage?: string;
  key: string;
}

/** Events that the tracker sends by itself. */
export interface AutoOptions {
  events?: [type: string, properties?: Json][];
  triggers?: Trigger[];
  routes?: boolean;
}

/** Event sent when a visitor sees, selects or points at an element marked `data-tracardi-tag`. */
export interface Trigger {
  tag: string;
  trigger: 'onVisible' | 'onTextSelect' | 'onMouseOver';
  data: { event: string; properties?: Json; options?: TrackOptions };
}

/** Functions of the page that the tracker calls. */
export interface Listeners {
  /** Tracking begins: the visitor may be tracked and the visit has an id. */
  onInit?: (started: { session: { id: string }; tracker: Tracker; helpers: Helpers }) => void;
  /** The browser keeps no cookies; tracking goes on in memory. */
  onCookiesDisabled?: (found: { tracker: Tracker; helpers: Helpers }) => void;
  /** The first request of the page is done. */
  onTracardiReady?: (ready: Ready) => void;
}

/** Options of one event. Keys that the tracker does not know are passed on to the server. */
export interface TrackOptions {
  /** Send at once, in a request of its own. */
  fire?: boolean;
  /** Send at once without waiting for an answer; survives leaving the page. */
  asBeacon?: boolean;
  /** false asks the server to answer only when the event is processed. */
  async?: boolean;
  /** Merged into the context of the event. */
  context?: Json;
  [key: string]: unknown;
}

/** The effective options: every default filled in. */
export interface Config {
  tracker: {
    url: { script: string | null; api: string };
    source: { id: string };
    profile: { id: string } | null;
    context: Required<ContextOptions>;
    settings: Required<SettingsOptions>;
    external: External[];
    auto: Required<AutoOptions>;
  };
  listeners: Listeners;
  context: { gpu?: unknown } | null;
}

/** What is known of the script element that loaded the tracker. */
export interface Script {
  src?: string;
  nonce?: string;
}

/** Fills in the defaults. Throws an Error that names the option when there is nothing to work with. */
export function configure(options: Options | undefined, script: Script = {}): Config {
  const given = options?.tracker;
  const source = given?.source?.id;
  if (typeof source !== 'string' || !source.trim()) {
    throw new Error('options.tracker.source.id is missing: nothing is tracked; set it to the id of an event source');
  }
  const url = given?.url;
  return {
    tracker: {
      url: { script: url?.script ?? null, api: (url?.api ?? apiOf(script.src)).replace(/\/+$/, '') },
      source: { id: source },
      profile: given?.profile?.id ? { id: given.profile.id } : null,
      context: {
        browser: true,
        screen: true,
        page: true,
        ids: true,
        tracardiPass: true,
        utm: true,
        cookies: false,
        storage: false,
        performance: false,
        location: false,
        ...defined(given?.context),
      },
      settings: {
        trackExternalLinks: [],
        respectDoNotTrack: false,
        requireConsent: false,
        nonce: script.nonce ?? '',
        ...defined(given?.settings),
      },
      external: given?.external ?? [],
      auto: { events: [], triggers: [], routes: false, ...defined(given?.auto) },
    },
    listeners: options?.listeners ?? {},
    context: options?.context ?? null,
  };
}

/** The API lives where the script came from: https://host/prefix/tracker/liliput.min.js -> https://host/prefix. */
function apiOf(src: string | undefined): string {
  return src ? src.replace(/[?#].*$/, '').replace(/\/(?:tracker\/)?[^/]*$/, '') : '';
}

/** Leaves out keys whose value is undefined or null, so that they do not overwrite a default. */
function defined<T extends object>(given: T | undefined): Partial<T> {
  const kept: Partial<T> = {};
  for (const key of Object.keys(given ?? {}) as (keyof T)[]) {
    if (given![key] !== undefined && given![key] !== null) {
      kept[key] = given![key];
    }
  }
  return kept;
}
