import { GEO } from './identity.js';
import type { Config, External, Json, LocationLookup } from './options.js';
import { report } from './report.js';
import { fetchJson } from './request.js';
import type { Store } from './store.js';

/** Longest time in milliseconds that the first request waits for one lookup. */
const PATIENCE = 2000;

/** Public service that `location: true` asks, as trackers on existing pages do. */
const GEOLOCATION: LocationLookup = {
  url: 'https://geolocation-db.com/json/',
  data: (answer: Json) => ({
    country: { name: answer.country_name, code: answer.country_code },
    city: answer.city,
    county: answer.state,
    latitude: answer.latitude,
    longitude: answer.longitude,
    ip: answer.IPv4,
  }),
};

/** Asks the services that the options name and gives what they add to the context; null when there is nothing to ask. */
export function lookUp(config: Config, store: Store): Promise<Json> | null {
  const { external, context } = config.tracker;
  const asked = external.map((call) => ask(call.key, () => fromExternal(call, store)));
  if (context.location) {
    const service = context.location === true ? GEOLOCATION : context.location;
    asked.push(ask('location', () => fromLocation(service, store)));
  }
  return asked.length ? Promise.all(asked).then((parts) => Object.assign({}, ...parts) as Json) : null;
}

async function ask(key: string, fn: () => Promise<unknown>): Promise<Json> {
  try {
    return { [key]: await fn() };
  } catch (problem) {
    report(problem);
    return {};
  }
}

async function fromExternal(call: External, store: Store): Promise<unknown> {
  const cached = call.storage ? store.get(call.storage) : null;
  if (cached !== null) {
    return cached;
  }
  const init: RequestInit = { method: call.method ?? 'GET' };
  if (call.body !== undefined && call.body !== null) {
    init.body = typeof call.body === 'string' ? call.body : JSON.stringify(call.body);
    init.headers = { 'Content-Type': 'application/json' };
  }
  const answer = await json(call.url, init);
  if (call.storage) {
    store.set(call.storage, answer);
  }
  return answer;
}

async function fromLocation(service: LocationLookup, store: Store): Promise<unknown> {
  const cached = store.cookie(GEO);
  if (cached) {
    return JSON.parse(cached) as unknown;
  }
  const place = service.data(await json(service.url, {}));
  store.setCookie(GEO, JSON.stringify(place));
  return place;
}

async function json(url: string, init: RequestInit): Promise<unknown> {
  const { response, data } = await fetchJson(url, init, PATIENCE);
  if (!response.ok || data === null) {
    throw new Error(`${url} answered with status ${response.status} and no JSON that could be used`);
  }
  return data;
}
