import { useMemo } from 'react';
import { usePreferences, type Preferences } from './preferences';

/** Writes numbers and times as the person reads them. Times that are no times stay as they are. */
export interface Format {
  number(value: number): string;
  percent(share: number): string;
  /** With milliseconds, for a place where one event is looked at. */
  exact(time: string): string;
  dateTime(time: string): string;
  /** Without seconds, for ends of a range. */
  minute(time: string): string;
  date(time: string): string;
  time(time: string): string;
  weekday(time: string): string;
  ago(time: string, now?: number): string;
  /** A duration in seconds, such as 250 ms or 1 h 5 min. */
  duration(seconds: number): string;
  /** A width of time in milliseconds, in the largest unit that measures it: 12 hr, 90 min. */
  span(milliseconds: number): string;
  bytes(count: number): string;
}

const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

const spans = units.slice(2); // months and years are no widths: they differ

/** The person's own variety of a language, such as en-GB, if the browser knows it. */
function localeOf(language: string): string {
  return navigator.languages.find((locale) => locale.split('-')[0] === language) ?? language;
}

function makeFormat({ language: chosen, zone }: Preferences): Format {
  const language = localeOf(chosen);
  const timed = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(language, { ...options, timeZone: zone });
    return (text: string) => {
      const time = new Date(text);
      return Number.isNaN(time.getTime()) ? text : format.format(time);
    };
  };
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
  const day = { year: 'numeric', month: 'short', day: 'numeric' } as const;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  const unit = (value: number, name: string, digits = 0) =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits }).format(value);
  return {
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    exact: timed({ ...day, ...clock, fractionalSecondDigits: 3, timeZoneName: 'short' }),
    dateTime: timed({ ...day, ...clock }),
    minute: timed({ ...day, ...clock, second: undefined }),
    date: timed(day),
    time: timed(clock),
    weekday: timed({ ...day, month: 'long', weekday: 'long' }),
    ago(text, now = Date.now()) {
      const seconds = (Date.parse(text) - now) / 1000;
      if (Number.isNaN(seconds)) return text;
      for (const [name, width] of units) {
        if (Math.abs(seconds) >= width) return relative.format(Math.trunc(seconds / width), name);
      }
      return relative.format(Math.trunc(seconds), 'second');
    },
    duration(seconds) {
      if (seconds < 1) return unit(seconds * 1000, 'millisecond', seconds < 0.01 ? 2 : 0);
      if (seconds < 60) return unit(seconds, 'second', 1);
      if (seconds < 3600) return `${unit(Math.trunc(seconds / 60), 'minute')} ${unit(Math.trunc(seconds % 60), 'second')}`;
      return `${unit(Math.trunc(seconds / 3600), 'hour')} ${unit(Math.trunc((seconds % 3600) / 60), 'minute')}`;
    },
    span(milliseconds) {
      const seconds = milliseconds / 1000;
      const [name, width] = spans.find(([, width]) => seconds >= width && seconds % width === 0) ?? ['second', 1];
      return unit(seconds / width, name);
    },
    bytes: (count) => (count < 1000 ? unit(count, 'byte') : count < 1e6 ? unit(count / 1000, 'kilobyte', 1) : count < 1e9 ? unit(count / 1e6, 'megabyte', 1) : unit(count / 1e9, 'gigabyte', 1)),
  };
}

export function useFormat(): Format {
  const preferences = usePreferences();
  return useMemo(() => makeFormat(preferences), [preferences]);
}
