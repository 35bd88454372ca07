import type { Span } from "./time";
import { lengthOf } from "./time";

/** A mark on the time axis. */
export interface Tick {
  readonly t: number; // ms since the base
  readonly label: string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Distances between ticks that people read at a glance, ms. */
const STEPS: readonly number[] = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500,
  SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
  DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY,
];

/** The smallest step that leaves room pixels between ticks. */
function stepFor(view: Span, width: number, room: number): number {
  const least = (lengthOf(view) / Math.max(1, width)) * room;
  return STEPS.find((s) => s >= least) ?? 365 * DAY;
}

/** How the axis speaks: clock times, or seconds before and after a moment. */
export interface Clock {
  readonly base: number; // UTC ns
  readonly lang: string;
  readonly zero: number | undefined; // ms since base that relative labels count from
  readonly zone?: string; // IANA name; the browser's own when absent
}

/** Ticks of the view with room pixels between them at least. */
export function ticksOf(view: Span, width: number, room: number, clock: Clock): Tick[] {
  const step = stepFor(view, width, room);
  const zero = clock.zero ?? alignment(view, step, clock);
  const name = clock.zero === undefined ? clockLabels(step, clock) : relativeLabels(step, clock.lang);
  const ticks: Tick[] = [];
  const first = Math.ceil((view.from - zero) / step);
  for (let i = first; zero + i * step < view.to && ticks.length < 200; i++) {
    const t = zero + i * step;
    ticks.push({ t, label: name(clock.zero === undefined ? t : i * step) });
  }
  return ticks;
}

/** A moment that clock times of this step are counted from: local midnight, so that steps of hours and days fall on round times. */
function alignment(view: Span, step: number, { base, zone }: Clock): number {
  const at = base / 1e6 + view.from;
  const offset = step >= MINUTE ? zoneOffset(at, zone) : 0;
  const sinceMidnight = modulo(at + offset, step >= DAY ? step : DAY);
  return view.from - sinceMidnight;
}

const modulo = (a: number, n: number): number => ((a % n) + n) % n;

/** Local time minus UTC in ms at a moment, in the zone or in the browser's own. */
function zoneOffset(utc: number, zone?: string): number {
  if (zone === undefined) return -new Date(utc).getTimezoneOffset() * MINUTE;
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
  }).formatToParts(utc);
  const n = (type: string): number => Number(parts.find((p) => p.type === type)?.value ?? 0);
  return Date.UTC(n("year"), n("month") - 1, n("day"), n("hour"), n("minute"), n("second")) - Math.floor(utc / 1000) * 1000;
}

function clockLabels(step: number, clock: Clock): (t: number) => string {
  const utc = (t: number): number => Math.round((clock.base / 1e6 + t) * 1000) / 1000;
  const zone = clock.zone === undefined ? {} : { timeZone: clock.zone };
  const make = (o: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => new Intl.DateTimeFormat(clock.lang, { ...o, ...zone });
  const weekday = make({ weekday: "short" });
  const day = (ms: number): string => `${dateOf(ms, clock.zone).slice(5)} ${weekday.format(ms)}`;
  if (step >= DAY) return (t) => day(utc(t));
  const hms: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (step >= MINUTE) {
    const time = make(hms);
    return (t) => (isMidnight(utc(t), clock.zone) ? day(utc(t)) : time.format(utc(t)));
  }
  const time = make({ ...hms, second: "2-digit" });
  if (step >= SECOND) return (t) => time.format(utc(t));
  return (t) => `${time.format(Math.floor(utc(t) / 1000) * 1000)}.${fraction(modulo(utc(t), 1000), step)}`;
}

const isMidnight = (utc: number, zone?: string): boolean => modulo(utc + zoneOffset(utc, zone), DAY) === 0;

/** The day as ISO 8601 writes it: no plant mistakes its month. */
export const dateOf = (utc: number, zone?: string): string => new Date(Math.floor(utc) + zoneOffset(utc, zone)).toISOString().slice(0, 10);

/** Digits after the second that the step needs. */
function fraction(ms: number, step: number): string {
  const digits = step >= 100 ? 1 : step >= 10 ? 2 : step >= 1 ? 3 : 4;
  return (ms / 1000).toFixed(digits).slice(2).padEnd(digits, "0");
}

/** "−30 s", "0", "+2 min". */
function relativeLabels(step: number, lang: string): (d: number) => string {
  const [unit, per] = step >= MINUTE ? (["min", MINUTE] as const) : step >= 100 ? (["s", SECOND] as const) : (["ms", 1] as const);
  const number = new Intl.NumberFormat(lang, { maximumFractionDigits: 2, signDisplay: "never" });
  return (d) => {
    const v = d / per;
    if (Math.abs(v) < 1e-9) return "0";
    return `${v < 0 ? "−" : "+"}${number.format(v)} ${unit}`;
  };
}
