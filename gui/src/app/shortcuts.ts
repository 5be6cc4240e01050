import { useEffect, useRef, useSyncExternalStore } from 'react';

/** A key, or two keys one after the other, that do something on the page that is open. */
export interface Shortcut {
  /** Such as "mod+k", "?", "j" or "g e". "mod" is Ctrl, and ⌘ on a Mac. */
  keys: string;
  label: string;
  run(): void;
}

const sequenceTime = 1000; // milliseconds between the two keys of a sequence

/** Knows the shortcuts of what is on the screen. What was added last wins. */
export class ShortcutRegistry {
  #list: readonly Shortcut[] = [];
  #listeners = new Set<() => void>();
  #first = { key: '', at: 0 };

  add(shortcut: Shortcut) {
    this.#change([...this.#list, shortcut]);
    return () => this.#change(this.#list.filter((other) => other !== shortcut));
  }

  list = () => this.#list;

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Runs what belongs to a key. Single keys do nothing while somebody types. */
  handle = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const pressed = nameOf(event);
    const typing = isTyping(event.target);
    if (typing && !pressed.startsWith('mod+')) return;
    const first = event.timeStamp - this.#first.at < sequenceTime ? this.#first.key : '';
    this.#first = { key: pressed, at: event.timeStamp };
    const find = (keys: string) => this.#list.findLast((shortcut) => shortcut.keys === keys);
    const found = (first && find(`${first} ${pressed}`)) || find(pressed);
    if (!found) return;
    event.preventDefault();
    this.#first = { key: '', at: 0 };
    found.run();
  };

  #change(list: readonly Shortcut[]) {
    this.#list = list;
    for (const listener of this.#listeners) listener();
  }
}

function nameOf(event: KeyboardEvent): string {
  const name = event.key === ' ' ? 'space' : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const letter = /^[a-z]$/.test(name);
  return `${event.ctrlKey || event.metaKey ? 'mod+' : ''}${event.altKey ? 'alt+' : ''}${event.shiftKey && letter ? 'shift+' : ''}${name}`;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** The shortcuts of this page. */
export const shortcuts = new ShortcutRegistry();

/** Has a shortcut while the component is on the screen and `active` holds. */
export function useShortcut(keys: string, label: string, run: () => void, active = true) {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => (active ? shortcuts.add({ keys, label, run: () => latest.current() }) : undefined), [keys, label, active]);
}

export function useShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(shortcuts.subscribe, shortcuts.list);
}

const mac = /Mac|iPhone|iPad/.test(navigator.platform);

/** The keys as they are printed on the keyboard. */
export function keyNames(keys: string): string[][] {
  const names: Record<string, string> = { mod: mac ? '⌘' : 'Ctrl', alt: 'Alt', shift: '⇧', space: '␣', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' };
  return keys.split(' ').map((step) => step.split('+').map((key) => names[key] ?? key.toUpperCase()));
}
