import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Trigger } from '../src/index.js';
import { browser, define, page, settle } from './visit.js';

const { server, open } = browser();
const trigger = (kind: Trigger['trigger']): Trigger => ({
  tag: 'offer',
  trigger: kind,
  data: { event: 'offer-seen', properties: { shelf: 3 }, options: { saveEvent: true } },
});
const start = (kind: Trigger['trigger']) => {
  localStorage.setItem('tracardi-profile-id', '"p-1"');
  return open(page({ auto: { triggers: [trigger(kind)] } }));
};

describe('onVisible', () => {
  let observers: { observed: Set<Element>; threshold: number; show: (element: Element, isIntersecting?: boolean) => void }[];

  beforeEach(() => {
    observers = [];
    vi.stubGlobal(
      'IntersectionObserver',
      class {
        observed = new Set<Element>();
        threshold: number;
        constructor(
          private call: (entries: object[]) => void,
          { threshold }: { threshold: number },
        ) {
          this.threshold = threshold;
          observers.push(this);
        }
        observe(element: Element) {
          this.observed.add(element);
        }
        unobserve(element: Element) {
          this.observed.delete(element);
        }
        show(target: Element, isIntersecting = true) {
          if (this.observed.has(target)) {
            this.call([{ target, isIntersecting }]);
          }
        }
      },
    );
    document.body.innerHTML = '<p data-tracardi-tag="offer">1</p><p data-tracardi-tag="offer">2</p><p data-tracardi-tag="x">3</p>';
  });

  it('fires once for each element', () => {
    start('onVisible');
    const [first, second, other] = document.querySelectorAll('p');
    const observer = observers[0]!;
    expect(observer.threshold).toBe(0.1);
    observer.show(first!, false);
    expect(server.events).toEqual([]);
    [first, first, second, other].forEach((element) => observer.show(element!));
    expect(server.events).toMatchObject([
      { type: 'offer-seen', properties: { shelf: 3 }, options: { saveEvent: true, fire: true } },
      { type: 'offer-seen' },
    ]);
  });

  it('finds elements that come later', async () => {
    start('onVisible');
    const [first] = document.querySelectorAll('p');
    observers[0]!.show(first!);
    document.body.insertAdjacentHTML('beforeend', '<section><p id="late" data-tracardi-tag="offer">4</p></section>');
    await settle(1000);
    observers[0]!.show(document.querySelector('#late')!);
    observers[0]!.show(first!);
    expect(server.events).toHaveLength(2);
  });

  it('is left out where the browser cannot tell', async () => {
    vi.stubGlobal('IntersectionObserver', undefined);
    start('onVisible').track('a');
    await settle();
    expect(server.events).toMatchObject([{ type: 'a' }]);
  });
});

describe('selected text', () => {
  const select = (text: string) => define(window, 'getSelection', () => ({ toString: () => text }));
  const raise = (name: string, element: Element) => element.dispatchEvent(new Event(name, { bubbles: true }));
  const texts = () => server.events.map(({ properties }) => properties.text);

  beforeEach(() => {
    document.body.innerHTML = '<div data-tracardi-tag="offer"><b>text</b></div><i>text</i>';
  });

  it.each([
    ['onTextSelect', 'mouseup'],
    ['onTextSelect', 'touchend'],
    ['onMouseOver', 'mouseover'],
  ] as const)('%s tells it at %s', (kind, name) => {
    start(kind);
    const inside = document.querySelector('b')!;
    select('  ');
    raise(name, inside);
    expect(texts()).toEqual([]);
    select(' red shoes ');
    raise(name, document.querySelector('i')!);
    expect(texts()).toEqual([]);
    raise(name, inside);
    raise(name, inside);
    expect(texts()).toEqual(['red shoes']);
    expect(server.events[0]).toMatchObject({ type: 'offer-seen', properties: { shelf: 3 } });
    select('boots');
    raise(name, inside);
    expect(texts()).toEqual(['red shoes', 'boots']);
    select('');
    raise(name, inside);
    select('boots');
    raise(name, inside);
    expect(texts()).toEqual(['red shoes', 'boots', 'boots']);
  });
});

it('a trigger that makes no sense breaks nothing', async () => {
  const broken = [null, { trigger: 'onVisible' }, { tag: '"]', trigger: 'onVisible' }, { tag: 'a', trigger: 'onMagic', data: {} }];
  open(page({ auto: { triggers: broken as never } })).track('a');
  await settle();
  expect(server.events).toHaveLength(1);
});
