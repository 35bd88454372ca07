import { smoothed, type Grey } from "./grey";
import { STEPS } from "./trace";

/** Cost of a step on flat ground; on the steepest edge of the window it is 1. */
const FLAT = 60;
const DIAGONAL = Math.SQRT2;

/**
 * Intelligent scissors after Mortensen and Barrett (SIGGRAPH 1995): the cheapest ways from one pixel to all others, where walking along
 * a steep step of grey is cheap. Gives the step that leads back, as WireMap.back.
 */
export function wayback(g: Grey, seedX: number, seedY: number): Uint8Array {
  const cost = costs(g);
  const n = g.w * g.h;
  const far = new Uint32Array(n).fill(0xffffffff);
  const back = new Uint8Array(n);
  const ring: number[][] = Array.from({ length: Math.ceil(FLAT * DIAGONAL) + 2 }, () => []); // costs of one step are bounded: a ring of buckets
  const seed = seedY * g.w + seedX;
  far[seed] = 0;
  ring[0]?.push(seed);
  let waiting = 1;
  for (let d = 0; waiting > 0; d++) {
    const bucket = ring[d % ring.length] ?? [];
    for (let i = bucket.pop(); i !== undefined; i = bucket.pop()) {
      waiting--;
      if (far[i] === d) waiting += relax(g, cost, far, back, ring, i, d);
    }
  }
  return back;
}

/** Offers the neighbours of i a way over it; gives how many took it. */
function relax(g: Grey, cost: Uint8Array, far: Uint32Array, back: Uint8Array, ring: number[][], i: number, d: number): number {
  const x = i % g.w;
  const y = (i - x) / g.w;
  let taken = 0;
  for (let s = 0; s < STEPS.length; s++) {
    const [dx, dy] = STEPS[s] ?? [0, 0];
    const nx = x + dx, ny = y + dy;
    if (nx < 0 || ny < 0 || nx >= g.w || ny >= g.h) continue;
    const n = ny * g.w + nx;
    const there = d + Math.round((cost[n] ?? FLAT) * (s < 4 ? 1 : DIAGONAL));
    if (there >= (far[n] ?? 0)) continue;
    far[n] = there;
    back[n] = s + 1;
    ring[there % ring.length]?.push(n);
    taken++;
  }
  return taken;
}

/** Cheap where Sobel's step is steep, against the steepest one percent of the window. */
function costs(g: Grey): Uint8Array {
  const v = smoothed(Float32Array.from(g.px), g.w, g.h);
  const steep = new Float32Array(v.length);
  for (let y = 1; y < g.h - 1; y++) {
    for (let x = 1, i = y * g.w + 1; x < g.w - 1; x++, i++) steep[i] = sobel(v, i, g.w);
  }
  const top = percentile(steep, 0.99);
  return Uint8Array.from(steep, (s) => Math.max(1, Math.round(FLAT * (1 - Math.min(1, s / top)) ** 2)));
}

function sobel(v: Float32Array, i: number, w: number): number {
  const at = (d: number): number => v[i + d] ?? 0;
  const gx = at(1 - w) + 2 * at(1) + at(1 + w) - at(-1 - w) - 2 * at(-1) - at(w - 1);
  const gy = at(w - 1) + 2 * at(w) + at(w + 1) - at(-w - 1) - 2 * at(-w) - at(1 - w);
  return Math.hypot(gx, gy);
}

function percentile(v: Float32Array, part: number): number {
  const bins = new Uint32Array(1500);
  for (const s of v) bins[Math.min(1499, Math.floor(s))]! += 1;
  let left = v.length * (1 - part);
  for (let b = bins.length - 1; b > 0; b--) {
    left -= bins[b] ?? 0;
    if (left <= 0) return b + 1;
  }
  return 1;
}
