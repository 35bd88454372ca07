import type { Span } from "./time";

/** What one finger does on the lanes when it does not pull a handle. */
export type Mode = "look" | "interval" | "instant";

/**
 * An interval in the making. A drag spans it; with mouse or pen two clicks do; a finger's single tap makes one of default length, whose
 * ends are then pulled.
 */
export type LaneSketch = { readonly as: "nothing" } | { readonly as: "first"; readonly t: number; readonly next: number } | { readonly as: "drag"; readonly from: number; readonly to: number };

export const NOTHING: LaneSketch = { as: "nothing" };

/** Length of an interval made by one tap, as a share of what is shown. */
const DEFAULT_SHARE = 0.12;

interface TapResult {
  readonly sketch: LaneSketch;
  readonly made?: Span;
}

/** A tap at t in interval mode; view is the length of what is shown, all ms. */
export function tapped(s: LaneSketch, t: number, view: number, isFinger: boolean): TapResult {
  if (s.as === "first" && Math.abs(t - s.t) > view * 0.004) return { sketch: NOTHING, made: { from: Math.min(s.t, t), to: Math.max(s.t, t) } };
  if (!isFinger) return { sketch: { as: "first", t, next: t } };
  const half = (view * DEFAULT_SHARE) / 2;
  return { sketch: NOTHING, made: { from: t - half, to: t + half } };
}

/** The stretch that the sketch shows. */
export function spanOf(s: LaneSketch): Span | undefined {
  if (s.as === "nothing") return undefined;
  const [a, b] = s.as === "first" ? [s.t, s.next] : [s.from, s.to];
  return { from: Math.min(a, b), to: Math.max(a, b) };
}
