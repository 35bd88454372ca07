import { filled, kept } from "./bits";
import { smoothed, type Grey } from "./grey";
import { ringPlane, strayOf, type Window } from "./plane";

/**
 * The pixels of what stands out inside a box that a person drew around it: the background is a plane through the ring around the box,
 * what is darker and what is brighter than it are divided by Otsu's threshold (IEEE Trans. SMC 9, 1979) each for itself, and the side
 * that parts better wins. One byte per pixel of the box, row by row; undefined when nothing stands out of the noise.
 */
export function cutOut(g: Grey, box: Window): Uint8Array | undefined {
  const plane = ringPlane(g, box, ringFor(box));
  const stray = smoothed(inBox(box, (x, y) => strayOf(g, plane, y * g.w + x)), box.w, box.h);
  const dark = split(stray, -1);
  const bright = split(stray, 1);
  const side = dark.gain >= bright.gain ? dark : bright;
  const least = LEAST_SIGMAS * plane.sigma * SMOOTH_NOISE;
  if (side.top < least) return undefined;
  const cut = Math.max(side.cut, least);
  const bits = Uint8Array.from(stray, (v) => (v * side.sign > cut ? 1 : 0));
  const out = filled(kept(bits, box.w, box.h, LEAST_PART), box.w, box.h);
  return out.includes(1) ? out : undefined;
}

/** A mask begins this many standard deviations of the background away from it. */
const LEAST_SIGMAS = 2;
const SMOOTH_NOISE = 0.6; // smoothing takes at most this part of the noise away where neighbours are alike
const LEAST_PART = 0.08; // pieces smaller than this part of the largest are noise

const ringFor = (box: Window): number => Math.max(3, Math.min(16, Math.round(Math.min(box.w, box.h) * 0.2)));

function inBox(box: Window, f: (x: number, y: number) => number): Float32Array {
  const out = new Float32Array(box.w * box.h);
  for (let y = 0; y < box.h; y++) for (let x = 0; x < box.w; x++) out[y * box.w + x] = f(box.x + x, box.y + y);
  return out;
}

interface Side {
  readonly sign: 1 | -1;
  readonly cut: number; // grey levels off the background
  readonly gain: number; // variance between the two classes
  readonly top: number; // the largest stray on this side
}

/** Otsu's threshold of the strays to one side; the other side counts as none. */
function split(stray: Float32Array, sign: 1 | -1): Side {
  const bins = new Float64Array(256);
  let top = 0;
  for (const v of stray) {
    const s = Math.max(0, Math.min(255, v * sign));
    top = Math.max(top, s);
    bins[Math.round(s)]! += 1;
  }
  const n = stray.length;
  const sum = bins.reduce((a, b, i) => a + b * i, 0);
  let below = 0, belowSum = 0, gain = 0, cut = 0;
  for (let t = 0; t < 255; t++) {
    const b = bins[t] ?? 0;
    below += b;
    belowSum += b * t;
    if (below === 0 || below === n) continue;
    const d = belowSum / below - (sum - belowSum) / (n - below);
    const between = (below / n) * (1 - below / n) * d * d;
    if (between <= gain) continue;
    gain = between;
    cut = t + 0.5;
  }
  return { sign, cut, gain, top };
}
