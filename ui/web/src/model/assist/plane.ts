import type { Grey } from "./grey";

/** A box of whole pixels. */
export interface Window {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** The even background around a box: grey = a + b·x + c·y, and how far the ring's pixels stray from it (robust standard deviation). */
export interface Plane {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly sigma: number;
}

const ROUNDS = 3;
const STRAY = 2.5; // pixels further off than this many sigmas are no background

/** Fits a plane to the pixels of the picture that lie within ring px around the box, leaving out what strays. */
export function ringPlane(g: Grey, box: Window, ring: number): Plane {
  const at = ringPixels(g, box, ring);
  const first = at.map((i) => g.px[i] ?? 0).sort((p, q) => p - q);
  let plane: Plane = { a: first[first.length >> 1] ?? 0, b: 0, c: 0, sigma: Infinity };
  for (let round = 0; round < ROUNDS; round++) {
    const near = at.filter((i) => Math.abs(strayOf(g, plane, i)) <= STRAY * plane.sigma);
    plane = fitted(g, near.length >= 8 ? near : at, at);
  }
  return plane;
}

/** Grey minus background at pixel i. */
export const strayOf = (g: Grey, p: Plane, i: number): number => (g.px[i] ?? 0) - p.a - p.b * (i % g.w) - p.c * Math.floor(i / g.w);

/** So many pixels settle a plane; of a longer ring every so manieth is taken. */
const ENOUGH = 3000;

function ringPixels(g: Grey, box: Window, ring: number): number[] {
  const out: number[] = [];
  for (let y = Math.max(0, box.y - ring); y < Math.min(g.h, box.y + box.h + ring); y++) {
    for (let x = Math.max(0, box.x - ring); x < Math.min(g.w, box.x + box.w + ring); x++) {
      const inside = x >= box.x && x < box.x + box.w && y >= box.y && y < box.y + box.h;
      if (!inside) out.push(y * g.w + x);
    }
  }
  const step = Math.ceil(out.length / ENOUGH);
  return step > 1 ? out.filter((_, i) => i % step === 0) : out;
}

/** Least squares over `near` about their middle, sigma from the median stray of all. */
function fitted(g: Grey, near: readonly number[], all: readonly number[]): Plane {
  let n = 0, sx = 0, sy = 0, sv = 0;
  for (const i of near) {
    n++;
    sx += i % g.w;
    sy += Math.floor(i / g.w);
    sv += g.px[i] ?? 0;
  }
  if (n === 0) return { a: 128, b: 0, c: 0, sigma: 1 };
  const mx = sx / n, my = sy / n, mv = sv / n;
  let xx = 0, yy = 0, xy = 0, xv = 0, yv = 0;
  for (const i of near) {
    const dx = (i % g.w) - mx, dy = Math.floor(i / g.w) - my, dv = (g.px[i] ?? 0) - mv;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
    xv += dx * dv;
    yv += dy * dv;
  }
  const det = xx * yy - xy * xy;
  const b = det > 1e-6 ? (xv * yy - yv * xy) / det : 0;
  const c = det > 1e-6 ? (yv * xx - xv * xy) / det : 0;
  const plane = { a: mv - b * mx - c * my, b, c, sigma: 0 };
  const strays = Float64Array.from(all, (i) => Math.abs(strayOf(g, plane, i))).sort();
  return { ...plane, sigma: Math.max(1, 1.4826 * (strays[strays.length >> 1] ?? 0)) };
}
