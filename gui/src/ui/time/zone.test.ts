import { describe, expect, it } from 'vitest';
import { boundOf, instantOf, typedTime, widthOf } from './zone';

const now = Date.parse('2026-03-10T12:00:00Z');

describe('instantOf', () => {
  it.each([
    ['-24h', '2026-03-09T12:00:00Z'],
    ['now-15m', '2026-03-10T11:45:00Z'],
    ['now', '2026-03-10T12:00:00Z'],
    ['+1d', '2026-03-11T12:00:00Z'],
    ['2026-01-31T10:00:00Z', '2026-01-31T10:00:00Z'],
  ])('%s', (text, time) => expect(instantOf(text, now)).toBe(Date.parse(time)));
  it.each(['', 'yesterday', '-5x', '5h'])('%j is no time', (text) => expect(instantOf(text, now)).toBeUndefined());
});

describe('boundOf', () => {
  it.each([
    ['2026-01-31 14:05', 'Europe/Warsaw', '2026-01-31T13:05:00.000Z'],
    ['2026-07-31 14:05:09', 'Europe/Warsaw', '2026-07-31T12:05:09.000Z'],
    ['2026-07-31', 'America/New_York', '2026-07-31T04:00:00.000Z'],
    ['2026-03-29 03:30', 'Europe/Warsaw', '2026-03-29T01:30:00.000Z'], // half an hour after the clocks went forward
    ['2026-03-29 01:30', 'Europe/Warsaw', '2026-03-29T00:30:00.000Z'],
    ['2026-01-31 14:05', 'Asia/Kathmandu', '2026-01-31T08:20:00.000Z'],
    [' -24h ', 'UTC', '-24h'],
    ['2026-01-31T10:00:00Z', 'Europe/Warsaw', '2026-01-31T10:00:00Z'],
  ])('%s in %s', (typed, zone, bound) => expect(boundOf(typed, zone)).toBe(bound));
  it.each(['2026-02-30 10:00', '2026-01-31 25:00', 'soon', ''])('%j is no time', (typed) => expect(boundOf(typed, 'UTC')).toBeUndefined());
});

it('typedTime is read back by boundOf', () => {
  for (const zone of ['UTC', 'Europe/Warsaw', 'America/St_Johns', 'Pacific/Chatham']) {
    for (let time = Date.parse('2026-01-01T00:00:07Z'); time < Date.parse('2027-01-01'); time += 17.3 * 3_600_000) {
      const whole = Math.floor(time / 1000) * 1000;
      const read = Date.parse(boundOf(typedTime(whole, zone), zone) ?? '');
      // In the hour that comes twice in autumn a clock stands for two times.
      expect([0, 3_600_000]).toContain(Math.abs(read - whole));
    }
  }
});

it.each([
  ['15m', 900_000],
  ['2d', 172_800_000],
  ['d', 0],
  ['', 0],
])('widthOf %j', (text, width) => expect(widthOf(text)).toBe(width));
