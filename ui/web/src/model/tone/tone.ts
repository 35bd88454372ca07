// How a picture's samples become the colours on screen. Everything here works on stored values: nothing bends them by a gamma in between.

export type Colours = "grey" | "heat";

/** What a person set. No window: the one that suits the picture. */
export interface Tone {
  readonly window: { readonly low: number; readonly high: number } | null; // samples
  readonly invert: boolean;
  readonly even: boolean; // local contrast is brought out
  readonly colours: Colours;
}

export const PLAIN: Tone = { window: null, invert: false, even: false, colours: "grey" };
export const HEIGHTS: Tone = { ...PLAIN, colours: "heat" };

/** How often which values occur in a picture, in BINS equal steps from low up to high. */
export interface Spread {
  readonly low: number;
  readonly high: number;
  readonly bits: 8 | 16;
  readonly bins: readonly number[];
}

export const BINS = 128;

/** The part of the pixels on each side that a fitting window leaves out. */
const OUTSIDE = 0.002;

/** The window that shows what there is: without the few darkest and brightest pixels. */
export function fitting({ low, high, bins }: Spread): { low: number; high: number } {
  const total = bins.reduce((a, b) => a + b, 0);
  const step = (high - low) / bins.length;
  const edge = (order: readonly number[]): number => {
    let left = total * OUTSIDE;
    const at = order.findIndex((n) => (left -= n) < 0);
    return Math.max(0, at);
  };
  const from = low + edge(bins) * step;
  const to = high - edge([...bins].reverse()) * step;
  return to > from ? { low: from, high: to } : { low, high: Math.max(high, low + 1) };
}

/** The limits of a sample's brightness on screen: black and white. */
export const windowOf = (tone: Tone, spread: Spread): { low: number; high: number } => tone.window ?? fitting(spread);

/** A window is at least this part of the whole range wide. */
const NARROWEST = 1 / 256;

/** The window with one end moved to v (samples); the ends stay inside the range and apart. */
export function movedEnd(w: { low: number; high: number }, end: "low" | "high", v: number, spread: Spread): { low: number; high: number } {
  const gap = Math.max(1, (spread.high - spread.low) * NARROWEST);
  if (end === "low") return { low: Math.min(Math.max(v, spread.low), w.high - gap), high: w.high };
  return { low: w.low, high: Math.max(Math.min(v, spread.high), w.low + gap) };
}

export const sameTone = (a: Tone | null, b: Tone | null): boolean =>
  a === b || (a !== null && b !== null && a.invert === b.invert && a.even === b.even && a.colours === b.colours && a.window?.low === b.window?.low && a.window?.high === b.window?.high);
