import { shrunk, type Grey } from "./grey";

/** How far b must be moved to lie on a, in pixels of both, and how well it fits then: 1 is alike, 0 has nothing in common. */
export interface Shift {
  readonly dx: number;
  readonly dy: number;
  readonly fit: number;
}

/** The search begins on copies at most this wide, px, and goes up to a part of their size. */
const COARSEST = 96;
const FARTHEST = 0.25;

/** A worse fit says that the pictures do not show the same. */
const LEAST_FIT = 0.25;

/**
 * The shift between two pictures of parts that lie a little differently: the one with the highest correlation of their grey steps, which
 * the light changes less than the grey itself, from coarse to fine. Undefined when they do not fit.
 */
export function shiftBetween(a: Grey, b: Grey): Shift | undefined {
  const w = Math.min(a.w, b.w);
  const h = Math.min(a.h, b.h);
  if (Math.min(w, h) < 16) return undefined;
  const levels = pyramid(cropped(a, w, h), cropped(b, w, h));
  let best: Shift = { dx: 0, dy: 0, fit: -1 };
  levels.forEach((level, i) => {
    const reach = i === 0 ? { x: Math.floor(level.w * FARTHEST), y: Math.floor(level.h * FARTHEST) } : { x: 2, y: 2 };
    best = bestNear(level, i === 0 ? 0 : best.dx * 2, i === 0 ? 0 : best.dy * 2, reach.x, reach.y);
  });
  const finest = levels.at(-1);
  return finest && best.fit >= LEAST_FIT ? between(finest, best) : undefined;
}

interface Level {
  readonly w: number;
  readonly h: number;
  readonly a: Float32Array; // grey steps
  readonly b: Float32Array;
}

function cropped(g: Grey, w: number, h: number): Grey {
  if (g.w === w && g.h === h) return g;
  const px = new Uint8Array(w * h);
  for (let y = 0; y < h; y++) px.set(g.px.subarray(y * g.w, y * g.w + w), y * w);
  return { w, h, px };
}

/** The steps of both pictures from the coarsest to the finest copy. */
function pyramid(a: Grey, b: Grey): Level[] {
  const levels: Level[] = [];
  for (let [p, q] = [a, b]; ; [p, q] = [shrunk(p, 2), shrunk(q, 2)]) {
    levels.unshift({ w: p.w, h: p.h, a: steps(p), b: steps(q) });
    if (p.w <= COARSEST || p.h < 32) return levels;
  }
}

function steps({ w, h, px }: Grey): Float32Array {
  const out = new Float32Array(w * h);
  for (let y = 1; y < h - 1; y++) {
    for (let x = 1, i = y * w + 1; x < w - 1; x++, i++) out[i] = Math.abs((px[i + 1] ?? 0) - (px[i - 1] ?? 0)) + Math.abs((px[i + w] ?? 0) - (px[i - w] ?? 0));
  }
  return out;
}

function bestNear(level: Level, x: number, y: number, reachX: number, reachY: number): Shift {
  let best: Shift = { dx: x, dy: y, fit: -1 };
  for (let dy = y - reachY; dy <= y + reachY; dy++) {
    for (let dx = x - reachX; dx <= x + reachX; dx++) {
      const fit = fitAt(level, dx, dy);
      if (fit > best.fit) best = { dx, dy, fit };
    }
  }
  return best;
}

/** The correlation coefficient of a and the moved b where both are. */
function fitAt({ w, h, a, b }: Level, dx: number, dy: number): number {
  let n = 0, sa = 0, sb = 0, aa = 0, bb = 0, ab = 0;
  for (let y = Math.max(0, dy); y < Math.min(h, h + dy); y++) {
    const from = Math.max(0, dx);
    const to = Math.min(w, w + dx);
    for (let x = from, i = y * w + from, j = (y - dy) * w + from - dx; x < to; x++, i++, j++) {
      const p = a[i]!, q = b[j]!;
      sa += p;
      sb += q;
      aa += p * p;
      bb += q * q;
      ab += p * q;
    }
    n += Math.max(0, to - from);
  }
  const spread = Math.sqrt((aa * n - sa * sa) * (bb * n - sb * sb));
  return spread > 0 ? (ab * n - sa * sb) / spread : 0;
}

/** The top of the parabola through the best fit and its neighbours, to parts of a pixel. */
function between(level: Level, { dx, dy, fit }: Shift): Shift {
  const top = (before: number, after: number): number => {
    const bend = before - 2 * fit + after;
    return bend < 0 ? Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend))) : 0;
  };
  return {
    dx: dx + top(fitAt(level, dx - 1, dy), fitAt(level, dx + 1, dy)),
    dy: dy + top(fitAt(level, dx, dy - 1), fitAt(level, dx, dy + 1)),
    fit,
  };
}
