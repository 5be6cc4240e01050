import { afterEach, describe, expect, it, vi } from 'vitest';
import { ShortcutRegistry } from './shortcuts';

function press(registry: ShortcutRegistry, key: string, more: KeyboardEventInit & { target?: HTMLElement; timeStamp?: number } = {}) {
  const { target = document.body, timeStamp, ...init } = more;
  const event = new KeyboardEvent('keydown', { key, cancelable: true, bubbles: true, ...init });
  Object.defineProperty(event, 'target', { value: target });
  if (timeStamp !== undefined) Object.defineProperty(event, 'timeStamp', { value: timeStamp });
  registry.handle(event);
  return event;
}

afterEach(() => document.body.replaceChildren());

describe('ShortcutRegistry', () => {
  it('runs what was added last, and forgets what was taken away', () => {
    const registry = new ShortcutRegistry();
    const first = vi.fn();
    const second = vi.fn();
    registry.add({ keys: 'j', label: 'first', run: first });
    const remove = registry.add({ keys: 'j', label: 'second', run: second });
    expect(press(registry, 'j').defaultPrevented).toBe(true);
    remove();
    press(registry, 'j');
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 1]);
    expect(registry.list().map(({ label }) => label)).toEqual(['first']);
  });

  it('leaves single keys to fields, but not those with Ctrl', () => {
    const registry = new ShortcutRegistry();
    const run = vi.fn();
    registry.add({ keys: 'k', label: '', run });
    registry.add({ keys: 'mod+k', label: '', run });
    const field = document.body.appendChild(document.createElement('input'));
    expect(press(registry, 'k', { target: field }).defaultPrevented).toBe(false);
    expect(run).toHaveBeenCalledTimes(0);
    press(registry, 'k', { target: field, ctrlKey: true });
    press(registry, 'k', { target: field, metaKey: true });
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('knows two keys one after the other, within a second', () => {
    const registry = new ShortcutRegistry();
    const run = vi.fn();
    registry.add({ keys: 'g e', label: '', run });
    press(registry, 'g', { timeStamp: 1000 });
    press(registry, 'e', { timeStamp: 2500 });
    expect(run).toHaveBeenCalledTimes(0);
    press(registry, 'g', { timeStamp: 3000 });
    press(registry, 'e', { timeStamp: 3400 });
    press(registry, 'e', { timeStamp: 3500 });
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('tells letters with Shift from signs that need it', () => {
    const registry = new ShortcutRegistry();
    const run = vi.fn();
    registry.add({ keys: '?', label: '', run });
    registry.add({ keys: 'shift+s', label: '', run });
    press(registry, '?', { shiftKey: true });
    press(registry, 'S', { shiftKey: true });
    press(registry, 's');
    expect(run).toHaveBeenCalledTimes(2);
  });
});
