import { PASS_PROFILE, PASS_SOURCE } from './identity.js';
import type { Config, Json } from './options.js';
import { QUEUE } from './retry.js';
import { allCookies, type Store } from './store.js';

const UTM = ['source', 'medium', 'campaign', 'term', 'content'];

/** Facts about the visit that travel once with every request. A key is there only when it is enabled and known. */
export function visitContext(config: Config, store: Store): Json {
  const wanted = config.tracker.context;
  const query = new URLSearchParams(location.search);
  const context: Json = {
    time: { local: new Date().toISOString(), tz: timeZone() },
  };
  if (config.context) {
    context.device = config.context;
  }
  if (wanted.browser) {
    context.browser = { local: browser() };
  }
  if (wanted.screen) {
    context.screen = { local: display() };
  }
  const ga = wanted.ids && store.cookie('_ga');
  if (ga) {
    context.ids = { ga };
  }
  if (wanted.storage || wanted.cookies) {
    context.storage = {
      ...(wanted.storage && { local: store.all((key) => key.startsWith(QUEUE)) }),
      ...(wanted.cookies && { cookies: cookies() }),
    };
  }
  const profile = query.get(PASS_PROFILE);
  const source = query.get(PASS_SOURCE);
  if (wanted.tracardiPass && profile && source) {
    context.tracardi = { pass: { profile, source } };
  }
  const utm = wanted.utm ? campaign(query) : {};
  if (Object.keys(utm).length) {
    context.utm = utm;
  }
  return context;
}

/** Facts about the page at the moment of an event. */
export function pageContext(config: Config): Json {
  const wanted = config.tracker.context;
  const context: Json = {};
  if (wanted.page) {
    context.page = {
      url: location.href,
      path: location.pathname,
      hash: location.hash,
      title: document.title,
      referer: referer(),
      history: { length: history.length },
    };
  }
  if (wanted.performance) {
    const entry = performance.getEntriesByType('navigation')[0];
    context.performance = entry ? (entry.toJSON() as Json) : {};
  }
  return context;
}

function browser(): Json {
  const { appVersion, userAgent, language, onLine, cookieEnabled, platform, product } = navigator;
  return {
    browser: {
      name: browserName(userAgent),
      engine: product,
      appVersion,
      userAgent,
      language,
      onLine,
      javaEnabled: typeof navigator.javaEnabled === 'function' && navigator.javaEnabled(),
      cookieEnabled,
    },
    device: { platform },
  };
}

/** The order matters: most browsers also carry the names of those they descend from. */
function browserName(userAgent: string): string {
  const names: [RegExp, string][] = [
    [/Edg(e|A|iOS)?\//, 'edge'],
    [/OPR\/|Opera/, 'opera'],
    [/Firefox\/|FxiOS/, 'firefox'],
    [/Chrome\/|Chromium\/|CriOS/, 'chrome'],
    [/Safari\//, 'safari'],
  ];
  return names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? 'n/a';
}

function display(): Json {
  const { width, height, availWidth, availHeight, colorDepth, pixelDepth, orientation } = screen;
  return {
    width,
    height,
    innerWidth,
    innerHeight,
    availWidth,
    availHeight,
    colorDepth,
    pixelDepth,
    orientation: orientation?.type ?? null,
  };
}

function cookies(): Json {
  const text = allCookies();
  try {
    return { cookies1: text, cookies2: decodeURIComponent(text) };
  } catch {
    return { cookies1: text, cookies2: text };
  }
}

function campaign(query: URLSearchParams): Json {
  const utm: Json = {};
  for (const name of UTM) {
    const value = query.get('utm_' + name);
    if (value) {
      utm[name] = value;
    }
  }
  return utm;
}

/** Where the visitor came from, when that is another site; query is what was searched for there. */
function referer(): Json {
  try {
    const from = new URL(document.referrer);
    if (from.host !== location.host) {
      return { host: from.host, query: from.searchParams.get('q') ?? from.searchParams.get('p') };
    }
  } catch {
    // No referrer, or one that is no URL: the same as none.
  }
  return { host: null, query: null };
}

/** The name of the visitor's time zone. The old way to ask for it loads tables of a language, which is most of what we would cost. */
function timeZone(): string {
  const { Temporal } = globalThis as { Temporal?: { Now: { timeZoneId(): string } } };
  return Temporal ? Temporal.Now.timeZoneId() : Intl.DateTimeFormat().resolvedOptions().timeZone;
}
