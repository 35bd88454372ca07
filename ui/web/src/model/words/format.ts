// Numbers, clocks and spans of time as people on the floor read them.

import type { Lang } from "../prefs";

export interface Format {
  number(v: number, digits?: number): string;
  significant(v: number): string; // three significant digits, no exponent
  clock(ms: number): string; // 10:42:31
  minute(ms: number): string; // 10:42
  moment(ms: number): string; // 10:42:17.4
  date(ms: number): string; // 2026-11-22
  dayAndTime(ms: number): string; // 11-22 10:42
  span(ms: number): string; // 4.8 s, 6 min, 2 h 50 min, 3 d; 4.8 秒, 2 小时 50 分
  bytes(n: number): string;
  list(parts: readonly (string | undefined | false)[]): string; // what is there of them, with the language's comma between
}

/** A minus is as wide as a digit; the browser writes a hyphen. */
const minus = (text: string): string => text.replace("-", "−");

const two = (n: number): string => String(n).padStart(2, "0");

/** Formats for a language. Clocks are 24 h and dates are ISO in both: that is what stands on the machines. */
export const formatFor = (lang: Lang): Format => {
  const plain = new Map<number, Intl.NumberFormat>();
  const number = (v: number, digits = 0): string => {
    let f = plain.get(digits);
    if (!f) plain.set(digits, (f = new Intl.NumberFormat(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits })));
    return minus(f.format(v));
  };
  const precise = new Intl.NumberFormat(lang, { maximumSignificantDigits: 3 });
  const minute = (ms: number): string => {
    const d = new Date(ms);
    return `${two(d.getHours())}:${two(d.getMinutes())}`;
  };
  const clock = (ms: number): string => `${minute(ms)}:${two(new Date(ms).getSeconds())}`;
  const date = (ms: number): string => {
    const d = new Date(ms);
    return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  };
  return {
    number, minute, clock, date,
    significant: (v) => (Math.abs(v) >= 1000 ? number(Math.round(v)) : minus(precise.format(v))),
    moment: (ms) => `${clock(ms)}.${Math.floor((ms % 1000) / 100)}`,
    dayAndTime: (ms) => `${date(ms).slice(5)} ${minute(ms)}`,
    span: (ms) => span(ms, number, units[lang]),
    bytes: (n) => bytes(n, number),
    list: (parts) => parts.filter(Boolean).join(lang === "zh-CN" ? "，" : ", "),
  };
};

const units = {
  en: { ms: "ms", s: "s", min: "min", h: "h", rest: "min", d: "d" },
  "zh-CN": { ms: "毫秒", s: "秒", min: "分钟", h: "小时", rest: "分", d: "天" },
};

const span = (ms: number, number: (v: number, digits?: number) => string, unit: (typeof units)["en"]): string => {
  const s = Math.max(0, ms) / 1000;
  if (s < 0.995) return `${number(Math.round(s * 1000))}\u00a0${unit.ms}`;
  if (s < 59.95) return `${number(s, s < 9.95 ? 1 : 0)}\u00a0${unit.s}`;
  const min = Math.round(s / 60);
  if (min < 60) return `${min}\u00a0${unit.min}`;
  if (min < 48 * 60) return min % 60 ? `${Math.floor(min / 60)}\u00a0${unit.h} ${min % 60}\u00a0${unit.rest}` : `${min / 60}\u00a0${unit.h}`;
  return `${number(Math.round(min / 1440))}\u00a0${unit.d}`;
};

const bytes = (n: number, number: (v: number, digits?: number) => string): string => {
  const sizes = ["B", "kB", "MB", "GB", "TB"];
  let v = n;
  let i = 0;
  for (; v >= 999.5 && i < sizes.length - 1; i++) v /= 1000;
  return `${number(v, i > 0 && v < 99.95 ? 1 : 0)}\u00a0${sizes[i]}`;
};
