import { complex, powerOf2, transform } from "./fft";

/** Root-mean-square amplitude by frequency; bin k is at k·step Hz. */
export interface Spectrum {
  readonly step: number; // Hz
  readonly rms: Float64Array; // unit of the signal
  readonly window: number; // samples in one Hann window
  readonly windows: number; // how many were averaged
}

const hann = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n));

const MOST_WINDOW = 4096;

/** The window for n samples: at least three half overlapping ones fit where there are enough of them. */
const windowFor = (n: number): number => Math.max(16, Math.min(MOST_WINDOW, powerOf2(n / 2 + 1) / 2));

/**
 * Averaged spectrum after Welch (1967): Hann windows that overlap by half, each without its mean, powers averaged. Scaled so that a sine of
 * amplitude a reads a/√2 at its own bin.
 */
export function spectrumOf(v: Float64Array, rate: number, window = windowFor(v.length)): Spectrum {
  const weights = hann(window);
  const sum = weights.reduce((s, w) => s + w, 0);
  const power = new Float64Array(window / 2 + 1);
  const starts = startsOf(v.length, window);
  for (const at of starts) {
    const z = windowed(v, at, weights);
    for (let k = 0; k < power.length; k++) power[k]! += (z.re[k] ?? 0) ** 2 + (z.im[k] ?? 0) ** 2;
  }
  const rms = power.map((p, k) => (Math.sqrt(p / starts.length) * (k === 0 || k === window / 2 ? 1 : Math.SQRT2)) / sum);
  return { step: rate / window, rms, window, windows: starts.length };
}

/** Powers in dB (10 log10 of the mean square) by time and frequency, frames outermost. */
export interface Spectrogram {
  readonly frames: number;
  readonly bins: number;
  readonly step: number; // Hz of a bin
  readonly hop: number; // samples from frame to frame
  readonly window: number; // samples in one Hann window
  readonly db: Float32Array;
}

const MOST_FRAMES = 600;

export function spectrogramOf(v: Float64Array, rate: number): Spectrogram {
  const window = Math.max(16, Math.min(1024, powerOf2(v.length / 24) / 2 || 16));
  const hop = Math.max(window / 4, Math.ceil((v.length - window) / MOST_FRAMES));
  const weights = hann(window);
  const sum = weights.reduce((s, w) => s + w, 0);
  const starts = startsOf(v.length, window, hop);
  const bins = window / 2;
  const db = new Float32Array(starts.length * bins);
  starts.forEach((at, f) => {
    const z = windowed(v, at, weights);
    for (let k = 0; k < bins; k++) db[f * bins + k] = 10 * Math.log10((2 * ((z.re[k] ?? 0) ** 2 + (z.im[k] ?? 0) ** 2)) / sum ** 2 + 1e-30);
  });
  return { frames: starts.length, bins, step: rate / window, hop, window, db };
}

function startsOf(n: number, window: number, hop = window / 2): number[] {
  const out: number[] = [];
  for (let at = 0; at + window <= n; at += hop) out.push(at);
  return out;
}

function windowed(v: Float64Array, at: number, weights: Float64Array) {
  const z = complex(weights.length);
  const part = v.subarray(at, at + weights.length);
  const mean = part.reduce((s, x) => s + x, 0) / part.length;
  part.forEach((x, i) => (z.re[i] = (x - mean) * (weights[i] ?? 0)));
  transform(z);
  return z;
}

/** The highest lines, at least apart from each other by three bins, greatest first. */
export function peaksOf(s: Spectrum, most: number): { readonly hz: number; readonly rms: number }[] {
  const found: number[] = [];
  for (let k = 2; k < s.rms.length - 1; k++) {
    const v = s.rms[k] ?? 0;
    if (v > (s.rms[k - 1] ?? 0) && v >= (s.rms[k + 1] ?? 0)) found.push(k);
  }
  found.sort((a, b) => (s.rms[b] ?? 0) - (s.rms[a] ?? 0));
  const kept: number[] = [];
  for (const k of found) if (kept.length < most && kept.every((o) => Math.abs(o - k) > 3)) kept.push(k);
  return kept.map((k) => ({ hz: k * s.step, rms: s.rms[k] ?? 0 }));
}
