import type { Samples } from "../types";

/** Numbers at even distances. */
export interface Even {
  readonly from: number; // ms since the window's base
  readonly step: number; // ms
  readonly v: Float64Array;
  readonly jitter: number; // greatest deviation of a distance from the usual one, as a share of it: above 0.5 samples are missing
}

/** Fewer samples than this say nothing about frequencies. */
const LEAST_SAMPLES = 32;

/**
 * The samples on an even grid of their median distance, linear in between; samples without a number are passed over. Undefined where
 * there are too few of them. Transforms need even distances, and collectors deliver them with jitter.
 */
export function evened(t: Samples, from: number, to: number): Even | undefined {
  const at: number[] = [];
  const v: number[] = [];
  for (let i = 0; i < t.t.length; i++) {
    const ms = t.t[i] ?? 0;
    const value = t.v[i] ?? NaN;
    if (ms < from || ms >= to || Number.isNaN(value)) continue;
    at.push(ms);
    v.push(value);
  }
  const first = at[0], last = at.at(-1);
  if (at.length < LEAST_SAMPLES || first === undefined || last === undefined) return undefined;
  const { step, jitter } = distance(at);
  if (!(step > 0)) return undefined;
  const n = Math.floor((last - first) / step + 1e-6) + 1;
  return n < LEAST_SAMPLES || n > 8 * at.length ? undefined : { from: first, step, v: onGrid(at, v, first, step, n), jitter };
}

function distance(at: readonly number[]): { step: number; jitter: number } {
  const apart = at.slice(1).map((t, i) => t - (at[i] ?? 0)).sort((a, b) => a - b);
  const usual = apart[apart.length >> 1] ?? 0;
  const whole = ((at.at(-1) ?? 0) - (at[0] ?? 0)) / (at.length - 1);
  const step = Math.abs(whole - usual) < usual * 0.1 ? whole : usual; // without holes the mean is the more exact one
  const most = Math.max((apart.at(-1) ?? 0) - step, step - (apart[0] ?? 0));
  return { step, jitter: step > 0 ? most / step : Infinity };
}

function onGrid(at: readonly number[], v: readonly number[], first: number, step: number, n: number): Float64Array {
  const out = new Float64Array(n);
  for (let i = 0, k = 0; i < n; i++) {
    const t = first + i * step;
    while (k < at.length - 2 && (at[k + 1] ?? 0) <= t) k++;
    const a = at[k] ?? 0, b = at[k + 1] ?? a;
    const part = b > a ? Math.min(1, Math.max(0, (t - a) / (b - a))) : 0;
    out[i] = (v[k] ?? 0) * (1 - part) + (v[k + 1] ?? v[k] ?? 0) * part;
  }
  return out;
}
