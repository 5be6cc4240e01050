const second = 1000;
const units: Record<string, number> = { s: second, m: 60 * second, h: 3600 * second, d: 86_400 * second, w: 604_800 * second };

/** Milliseconds of a width such as 15m, 3h or 2d; 0 when it is none. */
export function widthOf(text: string): number {
  const [, amount, unit] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  return amount && unit ? Number(amount) * (units[unit] ?? 0) : 0;
}

/** The time that a bound stands for: relative such as -24h and now, or RFC 3339. Undefined when it is no time. */
export function instantOf(bound: string, now = Date.now()): number | undefined {
  const offset = bound.replace(/^now/, '');
  if (bound.startsWith('now') && offset === '') return now;
  const width = widthOf(offset.replace(/^[-+]/, ''));
  if (/^[-+]/.test(offset) && width > 0) return offset.startsWith('-') ? now - width : now + width;
  const time = Date.parse(bound);
  return Number.isNaN(time) ? undefined : time;
}

interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const clocks = new Map<string, Intl.DateTimeFormat>(); // making one takes longer than using it

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  clocks.set(zone, clock);
  return clock;
}

/** What clocks of a zone show at a time. */
function wallOf(time: number, zone: string): Wall {
  const parts = clockOf(zone).formatToParts(time);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((p) => p.type === type)?.value);
  return { year: part('year'), month: part('month'), day: part('day'), hour: part('hour'), minute: part('minute'), second: part('second') };
}

const asUTC = (wall: Wall) => Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);

/** A time as somebody types it: 2026-01-31 14:05. */
export function typedTime(time: number, zone: string): string {
  const wall = wallOf(time, zone);
  const two = (value: number) => String(value).padStart(2, '0');
  const text = `${String(wall.year).padStart(4, '0')}-${two(wall.month)}-${two(wall.day)} ${two(wall.hour)}:${two(wall.minute)}`;
  return wall.second ? `${text}:${two(wall.second)}` : text;
}

/**
 * The bound behind what somebody typed: relative ones and RFC 3339 stay, and 2026-01-31 14:05 is a time in the zone. Undefined
 * when it is no time.
 */
export function boundOf(typed: string, zone: string): string | undefined {
  const text = typed.trim();
  const [, year, month, day, hour = '0', minute = '0', secs = '0'] = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text) ?? [];
  if (year && month && day) {
    const wall = { year: Number(year), month: Number(month), day: Number(day), hour: Number(hour), minute: Number(minute), second: Number(secs) };
    const wanted = asUTC(wall);
    if (new Date(wanted).toISOString().slice(0, 19).replace('T', ' ') !== `${year}-${month}-${day} ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}:${secs.padStart(2, '0')}`) return undefined;
    let time = wanted;
    // The offset of the zone at a first guess leads to the right one, also beside a change of the clocks.
    for (let round = 0; round < 2; round++) time += wanted - asUTC(wallOf(time, zone));
    return new Date(time).toISOString();
  }
  return instantOf(text) === undefined ? undefined : text;
}
