import { filled } from "./bits";
import { smoothed, type Grey } from "./grey";

/** Largest tolerance that is tried, grey levels, and the fewest pixels of a patch. */
const MOST_TOLERANCE = 90;
const LEAST_PIXELS = 6;
/** A patch that takes more of the window than this is the background. */
const MOST_PART = 0.5;

/**
 * The even patch around a pixel: of all patches that grow from it with a rising tolerance, the one whose border has the steepest step.
 * One byte per pixel, or undefined when no patch has a border of its own.
 */
export function grow(g: Grey, seedX: number, seedY: number): Uint8Array | undefined {
  const v = smoothed(Float32Array.from(g.px), g.w, g.h);
  const seed = seedY * g.w + seedX;
  const cost = tolerances(v, g.w, g.h, seed);
  const tolerance = steepest(v, cost, g.w, g.h);
  if (tolerance < 0) return undefined;
  return filled(Uint8Array.from(cost, (c) => (c <= tolerance ? 1 : 0)), g.w, g.h);
}

/** For every pixel the least tolerance at which a patch that grows from the seed reaches it: a flood in order of cost. */
function tolerances(v: Float32Array, w: number, h: number, seed: number): Uint8Array {
  const cost = new Uint8Array(v.length).fill(255);
  const base = v[seed] ?? 0;
  const buckets: number[][] = Array.from({ length: MOST_TOLERANCE + 1 }, () => []);
  cost[seed] = 0;
  buckets[0]?.push(seed);
  buckets.forEach((bucket, level) => {
    for (let i = bucket.pop(); i !== undefined; i = bucket.pop()) {
      const x = i % w;
      for (const n of [x > 0 ? i - 1 : -1, x < w - 1 ? i + 1 : -1, i - w, i + w < w * h ? i + w : -1]) {
        if (n < 0 || cost[n] !== 255) continue;
        const c = Math.max(level, Math.round(Math.abs((v[n] ?? 0) - base)));
        if (c > MOST_TOLERANCE) continue;
        cost[n] = c;
        buckets[c]?.push(n);
      }
    }
  });
  return cost;
}

/** The tolerance whose patch has the largest mean step across its border; -1 when there is none. */
function steepest(v: Float32Array, cost: Uint8Array, w: number, h: number): number {
  const steps = new Float64Array(MOST_TOLERANCE + 2); // sums over border pairs, as differences from one tolerance to the next
  const pairs = new Float64Array(MOST_TOLERANCE + 2);
  const sizes = new Float64Array(MOST_TOLERANCE + 2);
  const pair = (i: number, n: number): void => {
    const lo = Math.min(cost[i] ?? 255, cost[n] ?? 255);
    const hi = Math.min(MOST_TOLERANCE + 1, Math.max(cost[i] ?? 255, cost[n] ?? 255));
    if (lo >= hi) return;
    const step = Math.abs((v[i] ?? 0) - (v[n] ?? 0));
    steps[lo]! += step;
    steps[hi]! -= step;
    pairs[lo]! += 1;
    pairs[hi]! -= 1;
  };
  for (let i = 0; i < cost.length; i++) {
    if ((cost[i] ?? 255) <= MOST_TOLERANCE) sizes[cost[i] ?? 0]! += 1;
    if (i % w < w - 1) pair(i, i + 1);
    if (i + w < w * h) pair(i, i + w);
  }
  let best = -1, most = 0, sum = 0, n = 0, size = 0;
  for (let t = 0; t <= MOST_TOLERANCE; t++) {
    sum += steps[t] ?? 0;
    n += pairs[t] ?? 0;
    size += sizes[t] ?? 0;
    if (size < LEAST_PIXELS || size > MOST_PART * cost.length || n === 0 || sum / n <= most) continue;
    most = sum / n;
    best = t;
  }
  return best;
}
