import type { Region, Size } from "../types";
import { distance, polygonArea, type Point } from "./geometry";
import { pixelsOf, spansOf } from "./rle";
import { outlineOf, pointsOf } from "./shape";

/** Length, width and area of a region in pixels; zero where the kind has none. Multiplied by mm per pixel (squared) it is a Size. */
export function extentOf(r: Region): Size {
  switch (r.kind) {
    case "box":
    case "rotated_box":
      return ofSides(r.rect?.w ?? 0, r.rect?.h ?? 0);
    case "mask":
      return ofMask(r);
    case "polygon":
      return ofPolygon(outlineOf(r).points);
    case "polyline":
    case "measure":
      return { length: pathLength(pointsOf(r)), width: 0, area: 0 };
    default:
      return { length: 0, width: 0, area: 0 };
  }
}

/** The region's size in mm, or undefined where the camera is not calibrated or the region has no extent. */
export function sizeOf(r: Region, mmPerPx: number): Size | undefined {
  const px = extentOf(r);
  if (!(mmPerPx > 0) || px.length === 0) return undefined;
  return { length: rounded(px.length * mmPerPx), width: rounded(px.width * mmPerPx), area: rounded(px.area * mmPerPx * mmPerPx) };
}

/** The region with its size as it is now. */
export function sized(r: Region, mmPerPx: number): Region {
  const { size: _, ...rest } = r;
  const size = sizeOf(r, mmPerPx);
  return size ? { ...rest, size } : rest;
}

/** Calipers around the pixels, corners included; the area counts pixels. */
function ofMask({ rect, runs = [] }: Region): Size {
  if (!rect) return { length: 0, width: 0, area: 0 };
  const corners = spansOf(runs, rect.w).flatMap(({ x, y, n }) => [{ x, y }, { x: x + n, y }, { x, y: y + 1 }, { x: x + n, y: y + 1 }]);
  return { ...ofPolygon(corners), area: pixelsOf(runs) };
}

const rounded = (v: number): number => Math.round(v * 1e4) / 1e4;

const ofSides = (a: number, b: number): Size => ({ length: Math.max(a, b), width: Math.min(a, b), area: a * b });

function pathLength(points: readonly Point[]): number {
  let sum = 0;
  points.forEach((p, i) => {
    const before = points[i - 1];
    if (before) sum += distance(before, p);
  });
  return sum;
}

/** Greatest and least caliper distance (Feret diameters) of the convex hull, and the polygon's own area. */
function ofPolygon(points: readonly Point[]): Size {
  const h = hull(points);
  let length = 0;
  for (const a of h) for (const b of h) length = Math.max(length, distance(a, b));
  return { length, width: h.length < 3 ? 0 : leastCaliper(h), area: polygonArea(points) };
}

function leastCaliper(h: readonly Point[]): number {
  let least = Infinity;
  h.forEach((a, i) => {
    const b = h[(i + 1) % h.length];
    if (!b) return;
    const side = distance(a, b);
    if (side === 0) return;
    let most = 0;
    for (const p of h) most = Math.max(most, Math.abs(cross(a, b, p)) / side);
    least = Math.min(least, most);
  });
  return least === Infinity ? 0 : least;
}

const cross = (o: Point, a: Point, b: Point): number => (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);

/** Convex hull by Andrew's monotone chain (Inf. Proc. Letters 9, 1979). */
export function hull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  return [...chain(sorted), ...chain(sorted.reverse())];
}

function chain(sorted: readonly Point[]): Point[] {
  const out: Point[] = [];
  for (const p of sorted) {
    for (let a = out.at(-2), b = out.at(-1); a && b && cross(a, b, p) <= 0; a = out.at(-2), b = out.at(-1)) out.pop();
    out.push(p);
  }
  out.pop();
  return out;
}
