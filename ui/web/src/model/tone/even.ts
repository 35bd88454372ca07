import type { Samples } from "../../wire/elp1";
import { lumaAt } from "./samples";

/** Contrast limited adaptive histogram equalisation, Zuiderveld in Graphics Gems IV (1994): one curve for each field of a grid over the picture. */
export interface Curves {
  readonly across: number; // fields
  readonly down: number;
  readonly low: number; // the samples that the first and the last step of a curve stand for
  readonly high: number;
  readonly steps: Uint8Array; // 256 for each field, row by row
}

const GRID = 8;
/** A step of a curve rises at most so many times as steeply as an even one. */
const CLIP = 3;

/** The curves of a picture from a coarse copy of it, whose samples are given tile by tile with their place. */
export function curvesOf(tiles: readonly Placed[], w: number, h: number, low: number, high: number): Curves {
  const counts = new Float64Array(GRID * GRID * 256);
  const scale = 256 / Math.max(1e-9, high - low);
  for (const { samples, x, y } of tiles) {
    for (let row = 0, i = 0; row < samples.h; row++) {
      const line = Math.min(GRID - 1, Math.floor(((y + row) * GRID) / h)) * GRID;
      for (let col = 0; col < samples.w; col++, i++) {
        const field = line + Math.min(GRID - 1, Math.floor(((x + col) * GRID) / w));
        const bin = Math.max(0, Math.min(255, Math.floor((lumaAt(samples, i) - low) * scale)));
        counts[field * 256 + bin]! += 1;
      }
    }
  }
  const steps = new Uint8Array(counts.length);
  for (let f = 0; f < GRID * GRID; f++) steps.set(curve(counts.subarray(f * 256, f * 256 + 256)), f * 256);
  return { across: GRID, down: GRID, low, high, steps };
}

/** A tile of the coarse copy and its first pixel in it. */
export interface Placed {
  readonly samples: Samples;
  readonly x: number;
  readonly y: number;
}

function curve(counts: Float64Array): Uint8Array {
  const total = counts.reduce((a, b) => a + b, 0);
  const out = new Uint8Array(256);
  if (total === 0) return out.map((_, i) => i);
  const most = (CLIP * total) / 256;
  const over = counts.reduce((a, b) => a + Math.max(0, b - most), 0) / 256;
  let sum = 0;
  counts.forEach((n, i) => {
    sum += Math.min(n, most) + over;
    out[i] = Math.round((255 * sum) / total);
  });
  return out;
}

/** The level 0..255 of a sample at a place (0..1 across and down), between the curves of the four nearest fields. */
export function evened(c: Curves, v: number, u: number, t: number): number {
  const bin = Math.max(0, Math.min(255, Math.floor(((v - c.low) * 256) / Math.max(1e-9, c.high - c.low))));
  const gx = Math.max(0, Math.min(c.across - 1, u * c.across - 0.5));
  const gy = Math.max(0, Math.min(c.down - 1, t * c.down - 0.5));
  const x = Math.min(c.across - 2, Math.floor(gx)), y = Math.min(c.down - 2, Math.floor(gy));
  const fx = gx - x, fy = gy - y;
  const at = (y * c.across + x) * 256 + bin;
  const below = at + c.across * 256;
  const top = (c.steps[at] ?? 0) * (1 - fx) + (c.steps[at + 256] ?? 0) * fx;
  const bottom = (c.steps[below] ?? 0) * (1 - fx) + (c.steps[below + 256] ?? 0) * fx;
  return top * (1 - fy) + bottom * fy;
}
