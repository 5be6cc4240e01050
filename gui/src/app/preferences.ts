import { useSyncExternalStore } from 'react';

export const languages = { en: 'English', pl: 'Polski' } as const;
export type Language = keyof typeof languages;

/** What a person chose for this browser. */
export interface Preferences {
  language: Language;
  /** A zone such as Europe/Warsaw, or UTC. */
  zone: string;
}

const keys = { language: 'tracardi-language', zone: 'tracardi-zone' } as const;

/** Where the choice between light and dark is kept; the script of the first paint reads it too. */
export const themeKey = 'tracardi-theme';

export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** A value that this browser kept; null where it keeps nothing. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps a value in this browser, if it can. */
export function remember(key: string, value: string) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The choice holds for as long as the page is open.
  }
}

function initial(): Preferences {
  const language = recall(keys.language) ?? navigator.language.slice(0, 2);
  const zone = recall(keys.zone);
  return { language: language in languages ? (language as Language) : 'en', zone: zone && known(zone) ? zone : browserZone };
}

function known(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

let current = initial();
const listeners = new Set<() => void>();

function tell(next: Preferences) {
  if (next.language === current.language && next.zone === current.zone) return;
  current = next;
  for (const listener of listeners) listener();
}

export const preferences = {
  get: () => current,
  /** Takes what the workspace says where the person chose nothing. */
  suggest({ language, zone }: { language?: string; zone?: string }) {
    const change: Partial<Preferences> = {};
    if (language && language in languages && !recall(keys.language)) change.language = language as Language;
    if (zone && known(zone) && !recall(keys.zone)) change.zone = zone;
    tell({ ...current, ...change });
  },
  set(change: Partial<Preferences>) {
    for (const [name, value] of Object.entries(change)) remember(keys[name as keyof Preferences], value);
    tell({ ...current, ...change });
  },
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export function usePreferences(): Preferences {
  return useSyncExternalStore(preferences.subscribe, preferences.get);
}
