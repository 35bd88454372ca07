import { filled, kept } from "./bits";
import { shrunk, smoothed, type Grey } from "./grey";
import { Chances } from "./chances";
import { ringPlane, strayOf, type Window } from "./plane";

/**
 * The pixels of what stands out inside a box that a person drew around it. The background is a plane through the ring around the box, and
 * how far the ring strays from it says how likely a value is there. What the box holds beyond its share of background is the object; the
 * two are told apart by the logarithm of their chances, smoothed, with the middle of the box likelier than its corners, and the object's
 * values are learnt again from what was found, as GrabCut does (Rother et al., ACM Trans. Graphics 23, 2004). One byte per pixel of the
 * box, row by row; undefined when nothing stands out of the noise.
 */
export function cutOut(g: Grey, box: Window): Uint8Array | undefined {
  const by = Math.ceil(Math.sqrt(box.w * box.h) / MOST_SIDE);
  if (by <= 1) return cutOutFinely(g, box);
  const coarse = { x: Math.floor(box.x / by), y: Math.floor(box.y / by), w: Math.max(1, Math.floor(box.w / by)), h: Math.max(1, Math.floor(box.h / by)) };
  const bits = cutOutFinely(shrunk(g, by), coarse);
  return bits && enlarged(bits, coarse, box);
}

/** A box larger than the square of this side is looked at more coarsely: what is so large has no finer border that a person would draw. */
const MOST_SIDE = 160;

function cutOutFinely(g: Grey, box: Window): Uint8Array | undefined {
  const ring = ringFor(box);
  const plane = ringPlane(g, box, ring);
  const around = within(g, box, ring);
  const inner = { x: box.x - around.x, y: box.y - around.y, w: box.w, h: box.h };
  const stray = values(around, (x, y) => strayOf(g, plane, y * g.w + x));
  if (!standsOut(stray, around, inner, plane.sigma)) return undefined;
  const chances = new Chances(stray, around, inner, plane.sigma * KERNEL);
  let bits = chosen(chances, around, inner);
  for (let round = 0; round < ROUNDS && chances.learn(bits); round++) bits = chosen(chances, around, inner);
  const out = filled(kept(bits, box.w, box.h, LEAST_PART), box.w, box.h);
  return out.includes(1) ? out : undefined;
}

const MOST_RING = 16;
const ROUNDS = 3;
const KERNEL = 1; // standard deviations of the background: how finely values are told apart
const MIDDLE = 2; // how much likelier the middle of the box is, and the corners less likely, as a logarithm
const AHEAD = 0.7; // by so much the object must be likelier: people draw tightly
const LEAST_PART = 0.08; // pieces smaller than this part of the largest are noise

/** Something stands out when, smoothed, it is so many standard deviations off the background. */
const LEAST_SIGMAS = 1.2;

const ringFor = (box: Window): number => Math.max(3, Math.min(MOST_RING, Math.round(Math.min(box.w, box.h) * 0.2 + 3)));

/** The box and its ring, as far as the picture goes. */
function within(g: Grey, box: Window, ring: number): Window {
  const x = Math.max(0, box.x - ring);
  const y = Math.max(0, box.y - ring);
  return { x, y, w: Math.min(g.w, box.x + box.w + ring) - x, h: Math.min(g.h, box.y + box.h + ring) - y };
}

function values({ x, y, w, h }: Window, f: (x: number, y: number) => number): Float32Array {
  const out = new Float32Array(w * h);
  for (let row = 0, i = 0; row < h; row++) for (let col = 0; col < w; col++, i++) out[i] = f(x + col, y + row);
  return out;
}

/** The bits of a coarse box on the pixels of the box itself; between the coarse ones the border runs straight. */
function enlarged(bits: Uint8Array, { w, h }: Window, box: Window): Uint8Array {
  const soft = smoothed(Float32Array.from(bits), w, h);
  const out = new Uint8Array(box.w * box.h);
  for (let y = 0, i = 0; y < box.h; y++) {
    const v = Math.max(0, ((y + 0.5) * h) / box.h - 0.5);
    const top = Math.min(h - 1, Math.floor(v)) * w;
    const below = Math.min(h - 1, Math.floor(v) + 1) * w;
    const fy = v - Math.floor(v);
    for (let x = 0; x < box.w; x++, i++) {
      const u = Math.max(0, ((x + 0.5) * w) / box.w - 0.5);
      const left = Math.min(w - 1, Math.floor(u));
      const right = Math.min(w - 1, left + 1);
      const fx = u - Math.floor(u);
      const upper = (soft[top + left] ?? 0) * (1 - fx) + (soft[top + right] ?? 0) * fx;
      const lower = (soft[below + left] ?? 0) * (1 - fx) + (soft[below + right] ?? 0) * fx;
      out[i] = upper * (1 - fy) + lower * fy > 0.5 ? 1 : 0;
    }
  }
  return out;
}

function standsOut(stray: Float32Array, { w, h }: Window, inner: Window, sigma: number): boolean {
  const v = smoothed(stray, w, h);
  for (let y = inner.y; y < inner.y + inner.h; y++) {
    for (let x = inner.x; x < inner.x + inner.w; x++) if (Math.abs(v[y * w + x] ?? 0) >= LEAST_SIGMAS * sigma) return true;
  }
  return false;
}

function chosen(chances: Chances, { w, h }: Window, inner: Window): Uint8Array {
  const score = smoothed(smoothed(chances.scores(), w, h), w, h);
  const bits = new Uint8Array(inner.w * inner.h);
  for (let y = 0, i = 0; y < inner.h; y++) {
    const v = (2 * y + 1) / inner.h - 1;
    for (let x = 0; x < inner.w; x++, i++) {
      const u = (2 * x + 1) / inner.w - 1;
      const place = MIDDLE * (0.75 - u * u - v * v);
      bits[i] = (score[(inner.y + y) * w + inner.x + x] ?? 0) + place > AHEAD ? 1 : 0;
    }
  }
  return bits;
}
