import { describe, expect, it, vi } from 'vitest';
import { browser, define, page, reply, settle, withSettings } from './visit.js';

const { server, open } = browser();
const traces = () => [...Object.keys(localStorage), ...document.cookie.split('; ').filter(Boolean)];

describe('a browser that asks not to be tracked', () => {
  it.each([
    ['doNotTrack', '1'],
    ['globalPrivacyControl', true],
  ])('by %s is not, when the options respect that', async (signal, value) => {
    define(navigator, signal, value);
    const onInit = vi.fn();
    const tracker = open(page({ settings: { respectDoNotTrack: true }, auto: { events: [['page-view']] } }, { listeners: { onInit } }));
    const answer = await tracker.track('a').track('b', {}, { fire: true }).plugins.tracardi.track('c');
    tracker.track('d', {}, { asBeacon: true });
    dispatchEvent(new Event('pagehide'));
    await settle();
    expect(server.received).toEqual([]);
    expect(server.beacons).toEqual([]);
    expect(traces()).toEqual([]);
    expect(onInit).not.toHaveBeenCalled();
    expect(answer).toEqual({ ok: false, status: 0, data: null });
    expect(tracker.getState().plugins.tracardi).toEqual({ initialized: true, enabled: false });
  });

  it.each([
    ['doNotTrack', '1', false],
    ['globalPrivacyControl', true, false],
    ['doNotTrack', '0', true],
    ['doNotTrack', null, true],
    ['globalPrivacyControl', false, true],
  ])('%s = %s is tracked when respectDoNotTrack is %s', async (signal, value, respectDoNotTrack) => {
    define(navigator, signal, value);
    open(withSettings({ respectDoNotTrack })).track('a');
    await settle();
    expect(server.events).toHaveLength(1);
  });
});

describe('a tracker that needs consent', () => {
  it('stores and sends nothing before', async () => {
    const tracker = open(withSettings({ requireConsent: true }));
    tracker.track('a').track('b', {}, { fire: true }).track('c', {}, { asBeacon: true }).flush();
    await tracker.plugins.tracardi.track('d');
    dispatchEvent(new Event('pagehide'));
    await settle(60_000);
    expect(server.received).toEqual([]);
    expect(server.beacons).toEqual([]);
    expect(traces()).toEqual([]);
  });

  it('sends what it held as soon as the visitor agrees', async () => {
    const onInit = vi.fn();
    const tracker = open(page({ settings: { requireConsent: true } }, { listeners: { onInit } })).track('a').track('b', {}, { fire: true });
    await settle();
    expect(onInit).not.toHaveBeenCalled();
    tracker.consent(true).track('c');
    await settle();
    expect(server.received).toHaveLength(1);
    expect(server.events.map(({ type }) => type)).toEqual(['a', 'b', 'c']);
    expect(onInit).toHaveBeenCalledOnce();
  });

  it('remembers that the visitor agreed', async () => {
    open(withSettings({ requireConsent: true })).consent(true);
    open(withSettings({ requireConsent: true })).track('a');
    await settle();
    expect(server.events).toHaveLength(1);
  });

  it('holds no more than 200 events', async () => {
    const tracker = open(withSettings({ requireConsent: true }));
    for (let i = 0; i < 250; i++) {
      tracker.track('a');
    }
    tracker.consent(true);
    await settle();
    expect(server.events).toHaveLength(200);
  });
});

describe('a visitor who objects', () => {
  it('is forgotten, and stays so on later pages', async () => {
    const tracker = open(page()).track('a');
    await settle();
    expect(traces().length).toBeGreaterThan(3);
    tracker.track('waiting').consent(false).track('b').track('c', {}, { fire: true });
    dispatchEvent(new Event('pagehide'));
    open(page()).track('d');
    await settle(60_000);
    expect(server.events.map(({ type }) => type)).toEqual(['a']);
    expect(traces()).toEqual(['tracardi-consent']);
  });

  it('is forgotten also by requests under way and by those to be repeated', async () => {
    let answer = (_: unknown) => {};
    server.answer = () => new Promise((resolve) => (answer = resolve));
    const tracker = open(page()).track('a', {}, { fire: true });
    await settle();
    tracker.consent(false);
    answer(reply({ ux: [{ tag: 'div', content: 'hello' }] }));
    await settle();
    expect(traces()).toEqual(['tracardi-consent']);
    expect(document.body.textContent).toBe('');

    tracker.consent(true).track('b', {}, { fire: true });
    tracker.consent(false);
    answer(reply({}, 503));
    await settle(60_000);
    expect(server.events.map(({ type }) => type)).toEqual(['a', 'b']);
    expect(traces()).toEqual(['tracardi-consent']);
  });

  it('may change his mind and is then somebody new', async () => {
    const tracker = open(page()).track('a');
    await settle();
    tracker.consent(false).consent(true).track('b');
    await settle();
    const [before, after] = server.received.map(({ body }) => body);
    expect(after.profile).toBeNull();
    expect(after.session).not.toEqual(before.session);
    expect(after.device).not.toEqual(before.device);
  });
});
