// A turned part as a grey camera sees it, with or without a scratch.
import { greyPng } from "./png.mjs";

export const random = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let x = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
  return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
};

const sheen = (angle, phase) => 0.5 + 0.32 * Math.cos(2 * (angle - phase)) + 0.18 * Math.cos(5 * (angle - phase) + 1);

/** Draws the part. scratch: [x0, y0, x1, y1] in px, or undefined. Seed 0 draws it without noise and grooves. */
export const partImage = (seed, width, height, scratch) => {
  const r = seed === 0 ? () => 0.5 : random(seed);
  const grey = new Uint8Array(width * height);
  const k = height / 900;
  const cx = width / 2 + (r() - 0.5) * 20 * k, cy = height / 2, turn = r() * Math.PI;
  const groove = Float32Array.from({ length: 460 }, () => r() - 0.5);
  const holes = Array.from({ length: 6 }, (_, i) => [cx + 345 * k * Math.cos(turn + (i * Math.PI) / 3), cy + 345 * k * Math.sin(turn + (i * Math.PI) / 3)]);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dx = x - cx, dy = y - cy, d = Math.hypot(dx, dy) / k, a = Math.atan2(dy, dx);
      let v = seed === 0 ? 40 : 34 + 6 * ((y >> 2) % 3) + (r() - 0.5) * 6;
      if (d < 398) v = 96 + 118 * sheen(a, 0.9) + 26 * groove[d | 0];
      if (d < 304) v = 70 + 150 * sheen(a, 1.6) + 20 * groove[d | 0];
      if (Math.abs(d - 304) < 3 || Math.abs(d - 236) < 3) v *= 0.45;
      if (Math.abs(d - 239) < 1.5 || Math.abs(d - 392) < 2) v = 240;
      if (d < 166) v = 60 + 90 * sheen(a, 2.6);
      if (d < 150) v = 22 + d * 0.12;
      for (const [hx, hy] of holes) {
        const h = Math.hypot(x - hx, y - hy) / k;
        if (h < 28) v = h < 19 ? 20 : 150 + 60 * Math.cos(Math.atan2(y - hy, x - hx) + 2);
      }
      if (scratch) {
        const [x0, y0, x1, y1] = scratch, lx = x1 - x0, ly = y1 - y0, t = ((x - x0) * lx + (y - y0) * ly) / (lx * lx + ly * ly);
        if (t > 0 && t < 1) {
          const off = ((x - x0) * ly - (y - y0) * lx) / Math.hypot(lx, ly) + 9 * k * Math.sin(t * 2.6), w = (0.8 + 2 * Math.sin(Math.PI * t)) * k;
          if (Math.abs(off) < w) v = 30;
          else if (off > 0 && off < w * 2) v = 250;
        }
      }
      grey[y * width + x] = Math.max(0, Math.min(255, v + (r() - 0.5) * 9));
    }
  }
  return greyPng(grey, width, height);
};
