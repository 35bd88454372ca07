import type { Samples, Trace } from "../types";
import { indices } from "./trace";
import { xOf, type Span } from "./time";

/**
 * A trace reduced to one entry per pixel column: least and greatest value, NaN where there is none. A single sample that sticks out is
 * never lost, and the work of a frame is bounded by the screen's width however much data there is.
 */
export interface Columns {
  readonly x0: number; // first column
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly breaks: Uint8Array; // 1: the line does not go on over this column
}

/** From this many samples per column on, columns are drawn instead of single samples. */
const COLUMNS_FROM = 2;

export function isDense(t: Trace, piece: Span, view: Span, width: number): boolean {
  const [from, to] = indices(t, piece);
  const pixels = Math.max(1, xOf(piece.to, view, width) - xOf(piece.from, view, width));
  return t.kind === "buckets" ? to - from > pixels : to - from > pixels * COLUMNS_FROM;
}

export function columnsOf(t: Trace, piece: Span, view: Span, width: number): Columns {
  const x0 = Math.max(0, Math.floor(xOf(piece.from, view, width)));
  const x1 = Math.min(width, Math.ceil(xOf(piece.to, view, width)));
  const n = Math.max(0, x1 - x0);
  const min = new Float64Array(n).fill(NaN);
  const max = new Float64Array(n).fill(NaN);
  const breaks = new Uint8Array(n);
  const [from, to] = indices(t, piece);
  const low = t.kind === "samples" ? t.v : t.min;
  const high = t.kind === "samples" ? t.v : t.max;
  for (let i = from; i < to; i++) {
    const at = t.kind === "samples" ? (t.t[i] ?? 0) : t.t0 + (i + 0.5) * t.step;
    const c = Math.floor(xOf(at, view, width)) - x0;
    const a = low[i] ?? NaN;
    const b = high[i] ?? NaN;
    if (c < 0 || c >= n) continue;
    if (Number.isNaN(a)) {
      if (isBreak(t, i)) breaks[c] = 1;
      continue;
    }
    if (!((min[c] ?? 0) <= a)) min[c] = a;
    if (!((max[c] ?? 0) >= b)) max[c] = b;
  }
  return { x0, min, max, breaks };
}

/** Empty buckets up to this many in a row are a slow signal, not a silence. */
const MOST_EMPTY = 4;

/** Whether entry i, which has no number, interrupts the line. A sample without a number does; an empty bucket does in a longer row. */
export function isBreak(t: Trace, i: number): boolean {
  if (t.kind === "samples" || (t.count[i] ?? 0) > 0) return true;
  let n = 1;
  for (let j = i - 1; n <= MOST_EMPTY && t.count[j] === 0; j--) n++;
  for (let j = i + 1; n <= MOST_EMPTY && t.count[j] === 0; j++) n++;
  return n > MOST_EMPTY;
}

/** Stretches of samples or buckets whose quality is at least bad (2) or uncertain (1), on the screen. */
export interface Marked {
  readonly x0: number;
  readonly x1: number;
  readonly quality: number;
}

export function qualityMarks(t: Trace, piece: Span, view: Span, width: number): Marked[] {
  const marks: Marked[] = [];
  const [from, to] = indices(t, piece);
  const quality = t.kind === "samples" ? t.quality : t.worst;
  for (let i = from; i < to; i++) {
    const q = quality[i] ?? 0;
    if (q === 0 || (t.kind === "buckets" && t.count[i] === 0)) continue;
    const [a, b] = t.kind === "samples" ? sampleStretch(t, i) : [t.t0 + i * t.step, t.t0 + (i + 1) * t.step];
    addMark(marks, { x0: xOf(a, view, width), x1: xOf(b, view, width), quality: q });
  }
  return marks;
}

/** A sample holds until the next one. */
function sampleStretch(t: Samples, i: number): readonly [number, number] {
  const at = t.t[i] ?? 0;
  return [at, t.t[i + 1] ?? at];
}

function addMark(marks: Marked[], m: Marked): void {
  const last = marks.at(-1);
  if (last && last.quality === m.quality && m.x0 - last.x1 < 2) marks[marks.length - 1] = { ...last, x1: Math.max(last.x1, m.x1) };
  else marks.push(m);
}

/** Mean distance of samples in the piece, in pixels: dots are drawn when they do not touch. */
export function sampleSpacing(t: Samples, piece: Span, view: Span, width: number): number {
  const [from, to] = indices(t, piece);
  if (to - from < 2) return Infinity;
  const apart = ((t.t[to - 1] ?? 0) - (t.t[from] ?? 0)) / (to - from - 1);
  return (apart * width) / (view.to - view.from);
}
