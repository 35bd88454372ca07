import { clamp } from "../canvas/geometry";

/** A stretch of time, in ms since the window's base; to is exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The shortest stretch that fills the screen, ms. */
const LEAST_VIEW = 2;

export const lengthOf = (s: Span): number => s.to - s.from;

export const xOf = (t: number, view: Span, width: number): number => ((t - view.from) / lengthOf(view)) * width;

export const timeAt = (x: number, view: Span, width: number): number => view.from + (x / width) * lengthOf(view);

export const meets = (a: Span, b: Span): boolean => a.from < b.to && b.from < a.to;

/** The view stretched by 1/factor about the moment t, which stays where it is. */
export function zoomedAt(view: Span, t: number, factor: number, limits: Span): Span {
  const share = (t - view.from) / lengthOf(view);
  const length = clamp(lengthOf(view) / factor, Math.min(LEAST_VIEW, lengthOf(limits)), lengthOf(limits));
  const from = clamp(t - share * length, limits.from, limits.to - length);
  return { from, to: from + length };
}

export function shifted(view: Span, by: number, limits: Span): Span {
  const length = lengthOf(view);
  const from = clamp(view.from + by, limits.from, limits.to - length);
  return { from, to: from + length };
}

/** Two fingers that were over the moments a and b and are now at x0 and x1 of width. */
export function pinchedSpan(view: Span, a: number, b: number, x0: number, x1: number, width: number, limits: Span): Span {
  const gap = x1 - x0;
  if (Math.abs(gap) < 8 || a === b) return shifted(view, (a + b) / 2 - timeAt((x0 + x1) / 2, view, width), limits);
  const perPixel = Math.abs((b - a) / gap);
  const length = perPixel * width;
  const share = (x0 + x1) / 2 / width;
  return heldSpan((a + b) / 2, share, length, limits);
}

function heldSpan(t: number, share: number, wanted: number, limits: Span): Span {
  const length = clamp(wanted, Math.min(LEAST_VIEW, lengthOf(limits)), lengthOf(limits));
  const from = clamp(t - share * length, limits.from, limits.to - length);
  return { from, to: from + length };
}

/** The part of s inside the limits; at least least long where the limits allow. */
export function within(s: Span, limits: Span, least: number): Span {
  const from = clamp(Math.min(s.from, s.to), limits.from, limits.to);
  const to = clamp(Math.max(s.from, s.to), limits.from, limits.to);
  if (to - from >= least) return { from, to };
  const at = clamp((from + to) / 2 - least / 2, limits.from, Math.max(limits.from, limits.to - least));
  return { from: at, to: Math.min(limits.to, at + least) };
}

/** UTC ns of a moment, as near as a double holds it (256 ns). */
export const toNs = (ms: number, base: number): number => Math.round(base + ms * 1e6);

export const fromNs = (ns: number, base: number): number => (ns - base) / 1e6;
