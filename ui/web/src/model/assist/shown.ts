import type { Grey } from "./grey";
import { ringPlane, strayOf, type Plane, type Window } from "./plane";

/** The box and the air around it are shown to the net as so many cells across and down; the box itself is the cells in the middle. */
export const SIDE = 48;
export const AIR = 8;
export const INNER = SIDE - 2 * AIR;

/** The box among the cells. */
export const BOXED: Window = { x: AIR, y: AIR, w: INNER, h: INNER };

/** What the net is shown of every cell. */
export const CHANNELS = 7;

/** The grey of the cells and the even background that lies around the box. */
export interface Cells {
  readonly strays: Float32Array; // grey minus background
  readonly plane: Plane;
}

export function cellsOf(g: Grey, box: Window): Cells {
  const grey = resampled(g, box);
  const plane = ringPlane(grey, BOXED, AIR);
  return { strays: Float32Array.from(grey.px, (_, i) => strayOf(grey, plane, i)), plane };
}

/**
 * The channels one after the other, all from -1 to 1: how far the grey strays from the background, against the whole view and against the
 * background's own noise; how near the middle of the box; inside the box or not; beyond the picture or not; how fine the cells are.
 */
export function shownOf(g: Grey, box: Window, { strays, plane }: Cells): Float32Array {
  const n = SIDE * SIDE;
  const spread = Math.max(2, Math.sqrt(strays.reduce((sum, v) => sum + v * v, 0) / n));
  const out = new Float32Array(CHANNELS * n);
  for (let i = 0; i < n; i++) {
    const x = i % SIDE, y = (i - x) / SIDE;
    const u = (2 * (x - AIR) + 1) / INNER - 1, v = (2 * (y - AIR) + 1) / INNER - 1;
    const beyond = outside(g, box, x, y);
    out[i] = beyond ? 0 : Math.tanh((strays[i] ?? 0) / spread / 1.5);
    out[n + i] = beyond ? 0 : Math.tanh((strays[i] ?? 0) / plane.sigma / 4);
    out[2 * n + i] = Math.max(-1, 0.75 - u * u - v * v);
    out[3 * n + i] = Math.abs(u) < 1 && Math.abs(v) < 1 ? 1 : 0;
    out[4 * n + i] = beyond ? 1 : 0;
  }
  out.fill(fineness(box.w), 5 * n, 6 * n);
  out.fill(fineness(box.h), 6 * n);
  return out;
}

/** 1 where eight cells go into a pixel, 0 where they are alike, -1 where a cell holds eight pixels. */
const fineness = (length: number): number => Math.max(-1, Math.min(1, Math.log2(INNER / length) / 3));

function outside(g: Grey, box: Window, x: number, y: number): boolean {
  const px = box.x + ((x - AIR + 0.5) * box.w) / INNER, py = box.y + ((y - AIR + 0.5) * box.h) / INNER;
  return px < 0 || py < 0 || px >= g.w || py >= g.h;
}

/** The grey of every cell: between pixels where cells are finer than those, their mean where they are coarser. */
function resampled(g: Grey, box: Window): Grey {
  const across = tapsAlong(box.x, box.w, g.w);
  const down = tapsAlong(box.y, box.h, g.h);
  const rows = new Map<number, Float32Array>();
  const rowAt = (y: number): Float32Array => {
    const row = rows.get(y) ?? Float32Array.from(across, (t) => weighed(t, (k) => g.px[y * g.w + k] ?? 0));
    rows.set(y, row);
    return row;
  };
  const px = new Uint8Array(SIDE * SIDE);
  down.forEach((t, y) => {
    for (let x = 0; x < SIDE; x++) px[y * SIDE + x] = Math.round(weighed(t, (k) => rowAt(k)[x] ?? 0));
  });
  return { w: SIDE, h: SIDE, px };
}

/** The pixels that a cell takes its grey from along one side, and their weights, which make 1. */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

function weighed({ first, weights }: Taps, at: (k: number) => number): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) sum += at(first + k) * (weights[k] ?? 0);
  return sum;
}

/** The taps of all cells along a side of the picture that has so many pixels; beyond its ends the last pixel is repeated. */
function tapsAlong(at: number, length: number, pixels: number): Taps[] {
  const step = length / INNER;
  const reach = Math.max(1, step);
  return Array.from({ length: SIDE }, (_, i) => {
    const middle = Math.max(0, Math.min(pixels - 1, at + (i - AIR + 0.5) * step - 0.5));
    const first = Math.max(0, Math.floor(middle - reach) + 1);
    const last = Math.min(pixels - 1, Math.ceil(middle + reach) - 1);
    const weights = Array.from({ length: last - first + 1 }, (_, k) => 1 - Math.abs(first + k - middle) / reach);
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((w) => w / sum) };
  });
}
