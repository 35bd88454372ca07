import type { Area, Point } from "../canvas/geometry";

/** Ways along the edges from one pixel to every other of a window, as the step that leads back towards the start. */
export interface WireMap {
  readonly area: Area; // the window, in px of the picture
  readonly w: number; // steps across and down: the window may be coarser than the picture
  readonly h: number;
  readonly back: Uint8Array; // 1 + index into STEPS, 0 at the start and where no way is known
}

/** The eight neighbours, straight ones first. */
export const STEPS: readonly (readonly [number, number])[] = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, 1], [1, -1], [-1, -1]];

/** The way from the map's start to p, both ends as given; straight where p lies outside the map. Thinned to within a pixel of itself. */
export function tracePath(map: WireMap, from: Point, p: Point): Point[] {
  const { area, w, h, back } = map;
  const kx = area.w / w;
  const ky = area.h / h;
  let x = Math.floor((p.x - area.x) / kx);
  let y = Math.floor((p.y - area.y) / ky);
  if (x < 0 || y < 0 || x >= w || y >= h) return [from, p];
  const way: Point[] = [p];
  for (let left = w * h; left > 0; left--) {
    const step = STEPS[(back[y * w + x] ?? 0) - 1];
    if (!step) break;
    x -= step[0];
    y -= step[1];
    way.push({ x: area.x + (x + 0.5) * kx, y: area.y + (y + 0.5) * ky });
  }
  way[way.length - 1] = from;
  return way.length < 2 ? [from, p] : thinned(way.reverse(), Math.max(kx, ky));
}

/** Douglas and Peucker, Cartographica 10 (1973): drops points nearer than within to the line that stays. */
export function thinned(points: readonly Point[], within: number): Point[] {
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  const todo: [number, number][] = [[0, points.length - 1]];
  for (let span = todo.pop(); span; span = todo.pop()) {
    const at = farthest(points, span[0], span[1], within);
    if (at < 0) continue;
    keep[at] = 1;
    todo.push([span[0], at], [at, span[1]]);
  }
  return points.filter((_, i) => keep[i] === 1);
}

function farthest(points: readonly Point[], from: number, to: number, within: number): number {
  const a = points[from];
  const b = points[to];
  if (!a || !b) return -1;
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const len = Math.hypot(dx, dy);
  let most = within;
  let best = -1;
  for (let i = from + 1; i < to; i++) {
    const p = points[i];
    if (!p) continue;
    const d = len === 0 ? Math.hypot(p.x - a.x, p.y - a.y) : Math.abs((p.x - a.x) * dy - (p.y - a.y) * dx) / len;
    if (d > most) {
      most = d;
      best = i;
    }
  }
  return best;
}
