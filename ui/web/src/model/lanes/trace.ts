import type { Buckets, Samples, Trace } from "../types";
import type { Span } from "./time";

/** First index whose value is not less than v, in an ascending array. */
function lowerBound(a: ArrayLike<number>, v: number): number {
  let lo = 0;
  let hi = a.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if ((a[mid] ?? 0) < v) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

/** Indices [from, to) of what a trace has inside a span; buckets count when they touch it. */
export function indices(t: Trace, s: Span): readonly [number, number] {
  if (t.kind === "samples") return [lowerBound(t.t, s.from), lowerBound(t.t, s.to)];
  const first = Math.max(0, Math.floor((s.from - t.t0) / t.step));
  return [Math.min(t.min.length, first), Math.max(first, Math.min(t.min.length, Math.ceil((s.to - t.t0) / t.step)))];
}

/** The greatest and the least number of a trace inside a span; undefined where it has none. */
export function extremes(t: Trace, s: Span): { readonly min: number; readonly max: number } | undefined {
  const [from, to] = indices(t, s);
  const low = t.kind === "samples" ? t.v : t.min;
  const high = t.kind === "samples" ? t.v : t.max;
  let min = Infinity;
  let max = -Infinity;
  for (let i = from; i < to; i++) {
    const a = low[i] ?? NaN;
    const b = high[i] ?? NaN;
    if (a < min) min = a;
    if (b > max) max = b;
  }
  return min <= max ? { min, max } : undefined;
}

/** What a trace says at a moment: one number, or the two ends of a bucket. */
export type Reading = { readonly value: number } | { readonly min: number; readonly max: number } | undefined;

export function readingAt(t: Trace, at: number): Reading {
  return t.kind === "samples" ? sampleAt(t, at) : bucketAt(t, at);
}

/** The sample that held at the moment: the last one before it, else the first one. */
function sampleAt(t: Samples, at: number): Reading {
  const i = lowerBound(t.t, at);
  const near = t.t[i] === at ? i : Math.max(0, i - 1);
  const value = t.v[near];
  return value === undefined || Number.isNaN(value) ? undefined : { value };
}

function bucketAt(t: Buckets, at: number): Reading {
  const i = Math.floor((at - t.t0) / t.step);
  const min = t.min[i];
  const max = t.max[i];
  if (min === undefined || max === undefined || Number.isNaN(min)) return undefined;
  return min === max ? { value: min } : { min, max };
}

/** The trace as it is known best: exact or finer data over a part of a coarse whole. */
export interface Piece extends Span {
  readonly trace: Trace;
}

/** Cuts a view into pieces: detail where there is some, the whole elsewhere. */
export function piecesOf(whole: Trace | undefined, detail: Trace | undefined, covers: Span, view: Span): Piece[] {
  if (!whole && !detail) return [];
  if (!detail || covers.to <= view.from || covers.from >= view.to) return whole ? [{ ...view, trace: whole }] : [];
  const pieces: Piece[] = [];
  if (whole && covers.from > view.from) pieces.push({ from: view.from, to: covers.from, trace: whole });
  pieces.push({ from: Math.max(view.from, covers.from), to: Math.min(view.to, covers.to), trace: detail });
  if (whole && covers.to < view.to) pieces.push({ from: covers.to, to: view.to, trace: whole });
  return pieces;
}
