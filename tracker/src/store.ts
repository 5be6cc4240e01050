/**
 * Local storage and cookies of the page. Where the browser refuses them (private mode, sandboxed frame, full disk, cookies
 * switched off) values are kept in memory, so that tracking works for as long as the page lives.
 */
export class Store {
  private values = new Map<string, string>();
  private crumbs = new Map<string, { value: string; until: number }>();

  /** The value under key, decoded from JSON; text that is not JSON is given as it is; null when there is none. */
  get(key: string): unknown {
    const text = this.values.get(key) ?? quietly(() => localStorage.getItem(key)) ?? null;
    if (text === null) {
      return null;
    }
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }

  /** Keeps value, encoded as JSON, under key. */
  set(key: string, value: unknown): void {
    const text = JSON.stringify(value);
    const kept = quietly(() => {
      localStorage.setItem(key, text);
      return true;
    });
    if (kept) {
      this.values.delete(key);
    } else {
      this.values.set(key, text);
    }
  }

  /** Removes the value under key. */
  remove(key: string): void {
    this.values.delete(key);
    quietly(() => localStorage.removeItem(key));
  }

  /** All values of local storage as they are stored, without the keys that `skip` names. */
  all(skip: (key: string) => boolean): Record<string, string> {
    const found: Record<string, string> = {};
    quietly(() => {
      for (let i = 0; i < localStorage.length; i++) {
        const key = localStorage.key(i);
        if (key !== null && !skip(key)) {
          found[key] = localStorage.getItem(key) ?? '';
        }
      }
    });
    return found;
  }

  /** The cookie's value, or null. */
  cookie(name: string): string | null {
    const crumb = this.crumbs.get(name);
    if (crumb && crumb.until > Date.now()) {
      return crumb.value;
    }
    for (const pair of allCookies().split(/;\s*/)) {
      if (pair.startsWith(name + '=')) {
        const value = pair.slice(name.length + 1);
        return quietly(() => decodeURIComponent(value)) ?? value;
      }
    }
    return null;
  }

  /** Sets a cookie for the whole host. Without `seconds` it lasts until the browser is closed. */
  setCookie(name: string, value: string, seconds?: number): void {
    const age = seconds === undefined ? '' : `; max-age=${seconds}`;
    const secure = location.protocol === 'https:' ? '; secure' : '';
    this.crumbs.delete(name);
    quietly(() => {
      document.cookie = `${name}=${encodeURIComponent(value)}; path=/${age}; samesite=lax${secure}`;
    });
    if (this.cookie(name) !== value) {
      this.crumbs.set(name, { value, until: seconds === undefined ? Infinity : Date.now() + seconds * 1000 });
    }
  }

  /** Removes a cookie. */
  removeCookie(name: string): void {
    this.crumbs.delete(name);
    quietly(() => {
      document.cookie = `${name}=; path=/; max-age=0`;
    });
  }
}

/** The page's cookies as one text; empty when they cannot be read. */
export function allCookies(): string {
  return quietly(() => document.cookie) ?? '';
}

/** Runs fn; undefined when it throws. Storage that refuses is expected here, so nothing is reported. */
function quietly<T>(fn: () => T): T | undefined {
  try {
    return fn();
  } catch {
    return undefined;
  }
}
