import type { Json, Trigger } from './options.js';
import { guarded, whenIdle } from './report.js';

const MAX_TEXT = 5000;

/** Calls fire with a trigger, and the properties it adds, whenever the visitor does what the trigger waits for. */
export function watchTriggers(triggers: Trigger[], fire: (trigger: Trigger, properties: Json) => void): void {
  const visible = triggers.filter(({ trigger }) => trigger === 'onVisible');
  if (visible.length && typeof IntersectionObserver === 'function') {
    watchVisible(visible, fire);
  }
  for (const trigger of triggers) {
    if (trigger.trigger === 'onTextSelect') {
      watchSelection(['mouseup', 'touchend'], trigger, fire);
    } else if (trigger.trigger === 'onMouseOver') {
      watchSelection(['mouseover'], trigger, fire);
    }
  }
}

/** Each element counts once for each trigger. Elements that the page adds later are found too. */
function watchVisible(triggers: Trigger[], fire: (trigger: Trigger, properties: Json) => void): void {
  const watches = triggers.map((trigger) => {
    const observed = new WeakSet<Element>();
    const observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries.filter((entry) => entry.isIntersecting)) {
          observer.unobserve(entry.target);
          fire(trigger, {});
        }
      },
      { threshold: 0.1 },
    );
    return () => {
      for (const element of document.querySelectorAll(selector(trigger))) {
        if (!observed.has(element)) {
          observed.add(element);
          observer.observe(element);
        }
      }
    };
  });
  const scan = () => watches.forEach((watch) => watch());
  scan();
  let planned = false;
  new MutationObserver(() => {
    if (!planned) {
      planned = true;
      whenIdle(() => {
        planned = false;
        scan();
      }, 500);
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
}

/** The pointer raises many events over one selection; a text counts once until another one is selected. */
function watchSelection(names: string[], trigger: Trigger, fire: (trigger: Trigger, properties: Json) => void): void {
  let last = '';
  const check = guarded((event: Event) => {
    const text = (getSelection()?.toString() ?? '').trim().slice(0, MAX_TEXT);
    const inside = event.target instanceof Element && event.target.closest(selector(trigger));
    if (!text) {
      last = '';
    } else if (inside && text !== last) {
      last = text;
      fire(trigger, { text });
    }
  });
  names.forEach((name) => document.addEventListener(name, check));
}

function selector({ tag }: Trigger): string {
  return `[data-tracardi-tag=${JSON.stringify(tag)}]`;
}
