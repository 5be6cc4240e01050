import type { Store } from './store.js';
import { uuid } from './uuid.js';

/** Cookie with the id of the visit; the server's redirects read it. */
export const SESSION = 'tracardi-session-id';
/** Local storage key of the profile id. */
export const PROFILE = 'tracardi-profile-id';
/** Local storage key of the device id. */
export const DEVICE = 'tracardi-device-id';
/** Cookie with the profile id, and the query parameter that carries it to another site. */
export const PASS_PROFILE = '__tr_pid';
/** Query parameter with the event source that the profile comes from. */
export const PASS_SOURCE = '__tr_src';
/** Cookie with the visitor's looked-up place. */
export const GEO = '__tr_geo';

const SESSION_SECONDS = 30 * 60;

/** Who is browsing: the ids kept in the browser. */
export class Identity {
  constructor(private store: Store) {}

  /** Id of the visit; it ends when nobody asked for half an hour. */
  session(): string {
    const id = this.store.cookie(SESSION) || uuid();
    this.store.setCookie(SESSION, id, SESSION_SECONDS);
    return id;
  }

  /** Id of the profile that the server assigned, or null for a new visitor. */
  profile(): string | null {
    return text(this.store.get(PROFILE)) ?? text(this.store.cookie(PASS_PROFILE));
  }

  /** Keeps the profile id of an answer; the server may have changed it by merging. */
  adopt(id: string): void {
    if (this.store.get(PROFILE) !== id) {
      this.store.set(PROFILE, id);
    }
    if (this.store.cookie(PASS_PROFILE) !== id) {
      this.store.setCookie(PASS_PROFILE, id);
    }
  }

  /** Id of the browser, made once. */
  device(): string {
    const known = text(this.store.get(DEVICE));
    if (known) {
      return known;
    }
    const id = uuid();
    this.store.set(DEVICE, id);
    return id;
  }

  /** Removes everything that could recognise the visitor. */
  forget(): void {
    this.store.remove(PROFILE);
    this.store.remove(DEVICE);
    this.store.removeCookie(SESSION);
    this.store.removeCookie(PASS_PROFILE);
    this.store.removeCookie(GEO);
  }
}

/** An id that can be one; older trackers wrote the words undefined and null where they knew none. */
function text(id: unknown): string | null {
  return typeof id === 'string' && id && id !== 'undefined' && id !== 'null' ? id : null;
}
