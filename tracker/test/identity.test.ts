import { describe, expect, it } from 'vitest';
import { browser, define, forbid, newVisitor, page, reply, settle } from './visit.js';

const { server, open } = browser();
const MINUTE = 60_000;

const fire = async (tracker = open(page())) => {
  tracker.track('a', {}, { fire: true });
  await settle();
  return server.received.at(-1)!.body;
};
const cookie = (name: string) => document.cookie.split('; ').find((pair) => pair.startsWith(name + '='))?.split('=')[1];

describe('the session', () => {
  it('is kept in a cookie', async () => {
    const { session } = await fire();
    expect(cookie('tracardi-session-id')).toBe(session.id);
  });

  it('lasts half an hour from the last event on', async () => {
    const { session } = await fire();
    await settle(29 * MINUTE);
    expect((await fire()).session).toEqual(session);
    await settle(29 * MINUTE);
    expect((await fire()).session).toEqual(session);
    await settle(31 * MINUTE);
    expect((await fire()).session.id).not.toBe(session.id);
  });

  it('is the one that was there before', async () => {
    document.cookie = 'tracardi-session-id=old-session; path=/';
    expect((await fire()).session).toEqual({ id: 'old-session' });
  });

  it('is not taken from the answer', async () => {
    server.answer = () => reply({ session: { id: 'other' } });
    const { session } = await fire();
    expect((await fire()).session).toEqual(session);
  });
});

describe('the profile', () => {
  it('is unknown at first and then the one of the answer', async () => {
    server.answer = () => reply({ profile: { id: 'p-7' } });
    expect((await fire()).profile).toBeNull();
    expect(localStorage.getItem('tracardi-profile-id')).toBe('"p-7"');
    expect(cookie('__tr_pid')).toBe('p-7');
    expect((await fire()).profile).toEqual({ id: 'p-7' });
  });

  it('follows a merge', async () => {
    localStorage.setItem('tracardi-profile-id', '"old"');
    server.answer = () => reply({ profile: { id: 'merged' } });
    expect((await fire()).profile).toEqual({ id: 'old' });
    expect(localStorage.getItem('tracardi-profile-id')).toBe('"merged"');
    expect(cookie('__tr_pid')).toBe('merged');
  });

  it.each([{ profile: null }, { profile: { id: null } }, { profile: { id: 7 } }, { profile: undefined }])(
    'stays when the answer is %j',
    async (answer) => {
      localStorage.setItem('tracardi-profile-id', '"old"');
      server.answer = () => reply(answer);
      await fire();
      expect((await fire()).profile).toEqual({ id: 'old' });
    },
  );

  it.each(['"p-7"', 'p-7'])('is understood as other trackers stored it: %s', async (stored) => {
    localStorage.setItem('tracardi-profile-id', stored);
    expect((await fire()).profile).toEqual({ id: 'p-7' });
  });

  it.each(['null', 'undefined', '""', '{}', '"undefined"'])('is unknown when %s is stored', async (stored) => {
    localStorage.setItem('tracardi-profile-id', stored);
    expect((await fire()).profile).toBeNull();
  });

  it('is found in the cookie when local storage was emptied', async () => {
    document.cookie = '__tr_pid=p-7; path=/';
    expect((await fire()).profile).toEqual({ id: 'p-7' });
  });
});

describe('the device', () => {
  it('has an id that stays', async () => {
    const { device } = await fire();
    expect(localStorage.getItem('tracardi-device-id')).toBe(JSON.stringify(device.id));
    await settle(100 * MINUTE);
    expect((await fire()).device).toEqual(device);
    newVisitor();
    expect((await fire()).device.id).not.toBe(device.id);
  });
});

describe('without storage', () => {
  it('the ids live as long as the page', async () => {
    forbid(window, 'localStorage');
    forbid(document, 'cookie');
    const tracker = open(page());
    const first = await fire(tracker);
    expect(first.profile).toBeNull();
    await settle(29 * MINUTE);
    const second = await fire(tracker);
    expect(second).toMatchObject({ profile: { id: 'p-1' }, device: first.device, session: first.session });
    await settle(31 * MINUTE);
    expect((await fire(tracker)).session).not.toEqual(first.session);
  });

  it('a full disk is no obstacle', async () => {
    define(Storage.prototype, 'setItem', () => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    const tracker = open(page());
    const first = await fire(tracker);
    expect(await fire(tracker)).toMatchObject({ profile: { id: 'p-1' }, device: first.device });
  });
});
