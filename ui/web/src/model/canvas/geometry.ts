/** Plane geometry. Image coordinates are pixels of the original, x to the right, y down; screen coordinates are CSS pixels. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An upright rectangle with non-negative width and height. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Extent {
  readonly w: number;
  readonly h: number;
}

export const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

export const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

export const centreOf = (r: Area): Point => ({ x: r.x + r.w / 2, y: r.y + r.h / 2 });

export function clamp(v: number, lo: number, hi: number): number {
  return v < lo ? lo : v > hi ? hi : v;
}

/** The smallest upright rectangle around the points; an empty rectangle at the origin for none. */
export function boundsOf(points: readonly Point[]): Area {
  const first = points[0];
  if (!first) return { x: 0, y: 0, w: 0, h: 0 };
  let left = first.x;
  let right = first.x;
  let top = first.y;
  let bottom = first.y;
  for (const p of points) {
    left = Math.min(left, p.x);
    right = Math.max(right, p.x);
    top = Math.min(top, p.y);
    bottom = Math.max(bottom, p.y);
  }
  return { x: left, y: top, w: right - left, h: bottom - top };
}

/** The four corners from the top left, clockwise. */
export function cornersOf(r: Area): Point[] {
  return [
    { x: r.x, y: r.y },
    { x: r.x + r.w, y: r.y },
    { x: r.x + r.w, y: r.y + r.h },
    { x: r.x, y: r.y + r.h },
  ];
}

/** The corners of r turned by degrees, clockwise on the screen, about its centre. */
export function turnedCorners(r: Area, degrees: number): Point[] {
  const c = centreOf(r);
  const sin = Math.sin((degrees * Math.PI) / 180);
  const cos = Math.cos((degrees * Math.PI) / 180);
  return cornersOf(r).map(({ x, y }) => ({
    x: c.x + (x - c.x) * cos - (y - c.y) * sin,
    y: c.y + (x - c.x) * sin + (y - c.y) * cos,
  }));
}

export function holds(r: Area, p: Point, slack = 0): boolean {
  return p.x >= r.x - slack && p.x <= r.x + r.w + slack && p.y >= r.y - slack && p.y <= r.y + r.h + slack;
}

export function overlaps(a: Area, b: Area): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

export function grown(r: Area, by: number): Area {
  return { x: r.x - by, y: r.y - by, w: r.w + 2 * by, h: r.h + 2 * by };
}

/** The point of the stretch a–b that is nearest to p. */
export function nearestOn(p: Point, a: Point, b: Point): Point {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const len = dx * dx + dy * dy;
  const t = len === 0 ? 0 : clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / len, 0, 1);
  return { x: a.x + t * dx, y: a.y + t * dy };
}

const distanceToSegment = (p: Point, a: Point, b: Point): number => distance(p, nearestOn(p, a, b));

/** Distance from p to the line through the points; closed adds the stretch from the last to the first. */
export function distanceToLine(p: Point, points: readonly Point[], closed: boolean): number {
  let least = Infinity;
  for (let i = closed ? 0 : 1; i < points.length; i++) {
    const a = points[(i + points.length - 1) % points.length];
    const b = points[i];
    if (a && b) least = Math.min(least, distanceToSegment(p, a, b));
  }
  return points.length === 1 && points[0] ? distance(p, points[0]) : least;
}

/** Even-odd rule. */
export function insidePolygon(p: Point, points: readonly Point[]): boolean {
  let inside = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    const a = points[i];
    const b = points[j];
    if (!a || !b || a.y > p.y === b.y > p.y) continue;
    if (p.x < ((b.x - a.x) * (p.y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

/** Shoelace formula, never negative. */
export function polygonArea(points: readonly Point[]): number {
  let twice = 0;
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    const a = points[j];
    const b = points[i];
    if (a && b) twice += a.x * b.y - b.x * a.y;
  }
  return Math.abs(twice) / 2;
}
