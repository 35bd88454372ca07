import type { Rect, Region } from "../types";
import { boundsOf, clamp, grown, type Area, type Extent, type Point } from "./geometry";
import { runsOf, spansOf } from "./rle";

/** Set pixels inside a rectangle of whole pixels. */
export interface Mask {
  readonly rect: Rect;
  readonly runs: number[];
}

/** One stroke of a round brush, all in pixels of the picture. */
export interface Paint {
  readonly points: readonly Point[];
  readonly radius: number;
  readonly erases: boolean;
}

/** The mask with the stroke painted on or rubbed out; undefined when nothing is left of it. */
export function painted(old: Mask | undefined, paint: Paint, image: Extent): Mask | undefined {
  const stroke = wholeWithin(grown(boundsOf(paint.points), paint.radius + 1), image);
  const rect = paint.erases ? old?.rect : old ? united(old.rect, stroke) : stroke;
  if (!rect || rect.w <= 0 || rect.h <= 0) return old;
  const bits = new Uint8Array(rect.w * rect.h);
  if (old) fill(bits, rect, old);
  paint.points.forEach((p, i) => capsule(bits, rect, paint.points[Math.max(0, i - 1)] ?? p, p, paint.radius, paint.erases ? 0 : 1));
  return trimmed(bits, rect);
}

/** The mask of a region, if it is one. */
export const maskOf = (r: Region | undefined): Mask | undefined => (r?.kind === "mask" && r.rect && r.runs ? { rect: r.rect, runs: r.runs } : undefined);

/** A mask of the set bytes of a rectangle, cut to what is set; undefined when nothing is. */
export function trimmed(bits: Uint8Array, { x, y, w, h }: Rect): Mask | undefined {
  let left = w;
  let right = -1;
  let top = h;
  let bottom = -1;
  for (let row = 0; row < h; row++) {
    const from = bits.indexOf(1, row * w);
    if (from < 0) break;
    if (from >= (row + 1) * w) continue;
    const to = bits.lastIndexOf(1, (row + 1) * w - 1);
    left = Math.min(left, from - row * w);
    right = Math.max(right, to - row * w);
    top = Math.min(top, row);
    bottom = row;
  }
  if (right < 0) return undefined;
  const rect = { x: x + left, y: y + top, w: right - left + 1, h: bottom - top + 1 };
  const cut = new Uint8Array(rect.w * rect.h);
  for (let row = 0; row < rect.h; row++) cut.set(bits.subarray((row + top) * w + left, (row + top) * w + right + 1), row * rect.w);
  return { rect, runs: runsOf(cut) };
}

function wholeWithin(a: Area, image: Extent): Rect {
  const x = clamp(Math.floor(a.x), 0, image.w);
  const y = clamp(Math.floor(a.y), 0, image.h);
  return { x, y, w: clamp(Math.ceil(a.x + a.w), 0, image.w) - x, h: clamp(Math.ceil(a.y + a.h), 0, image.h) - y };
}

function united(a: Rect, b: Rect): Rect {
  if (b.w <= 0 || b.h <= 0) return a;
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

function fill(bits: Uint8Array, into: Rect, { rect, runs }: Mask): void {
  for (const s of spansOf(runs, rect.w)) {
    const at = (rect.y - into.y + s.y) * into.w + (rect.x - into.x + s.x);
    bits.fill(1, at, at + s.n);
  }
}

/** Sets the pixels whose centres lie within radius of the stretch a–b; at least the pixel under b. */
function capsule(bits: Uint8Array, rect: Rect, a: Point, b: Point, radius: number, value: number): void {
  const reach = Math.max(radius, 0.71);
  const y0 = clamp(Math.floor(Math.min(a.y, b.y) - reach) - rect.y, 0, rect.h);
  const y1 = clamp(Math.ceil(Math.max(a.y, b.y) + reach) - rect.y, 0, rect.h);
  const x0 = clamp(Math.floor(Math.min(a.x, b.x) - reach) - rect.x, 0, rect.w);
  const x1 = clamp(Math.ceil(Math.max(a.x, b.x) + reach) - rect.x, 0, rect.w);
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const len = dx * dx + dy * dy;
  for (let row = y0; row < y1; row++) {
    const py = row + rect.y + 0.5 - a.y;
    for (let col = x0; col < x1; col++) {
      const px = col + rect.x + 0.5 - a.x;
      const t = len === 0 ? 0 : clamp((px * dx + py * dy) / len, 0, 1);
      const ex = px - t * dx;
      const ey = py - t * dy;
      if (ex * ex + ey * ey <= reach * reach) bits[row * rect.w + col] = value;
    }
  }
}
