import type { Region } from "../types";
import { distanceToLine, distance, holds, insidePolygon, centreOf, middle, type Area, type Extent, type Point } from "./geometry";
import { areaOf, cut, moved, outlineOf, pointsOf, withPoints } from "./shape";
import { pulledTurned, turnedHandles, turnedTo } from "./turned";

/** What a finger can hold of the selected region. */
export type Grip =
  | { readonly hold: "side"; readonly side: Side }
  | { readonly hold: "corner"; readonly corner: number } // from the top left, clockwise
  | { readonly hold: "point"; readonly index: number }
  | { readonly hold: "between"; readonly index: number } // makes a new point after this one
  | { readonly hold: "turn"; readonly from: Point } // where the handle was when it was taken
  | { readonly hold: "whole" };

export type Side = "top" | "right" | "bottom" | "left";

export interface Handle {
  readonly grip: Grip;
  readonly at: Point; // image px
}

/** A line with more points in view than this is moved as a whole: their handles would hide the picture. */
export const MOST_POINT_HANDLES = 60;

/** off: how far the turning handle stands off its box, in image px; seen: the part of the picture that is on the stage. */
export function handlesOf(r: Region, off = 0, seen?: Area): Handle[] {
  if (r.kind === "box") return boxHandles(areaOf(r));
  if (r.kind === "rotated_box") return turnedHandles(r, off);
  if (r.kind === "mask") return [];
  const points = pointsOf(r);
  const held: Handle[] = points.map((at, index) => ({ grip: { hold: "point", index }, at }));
  const all = r.kind === "polygon" || r.kind === "polyline" ? [...held, ...betweenHandles(points, r.kind === "polygon")] : held;
  const shown = points.length > MOST_POINT_HANDLES && seen ? all.filter((h) => holds(seen, h.at)) : all;
  return shown.length > 2 * MOST_POINT_HANDLES ? [] : shown;
}

function boxHandles(r: Area): Handle[] {
  const c = centreOf(r);
  const side = (s: Side, x: number, y: number): Handle => ({ grip: { hold: "side", side: s }, at: { x, y } });
  const corner = (n: number, x: number, y: number): Handle => ({ grip: { hold: "corner", corner: n }, at: { x, y } });
  return [
    side("top", c.x, r.y),
    side("right", r.x + r.w, c.y),
    side("bottom", c.x, r.y + r.h),
    side("left", r.x, c.y),
    corner(0, r.x, r.y),
    corner(1, r.x + r.w, r.y),
    corner(2, r.x + r.w, r.y + r.h),
    corner(3, r.x, r.y + r.h),
  ];
}

function betweenHandles(points: readonly Point[], closed: boolean): Handle[] {
  return points.flatMap((p, index): Handle[] => {
    const next = points[index + 1] ?? (closed ? points[0] : undefined);
    return next ? [{ grip: { hold: "between", index }, at: middle(p, next) }] : [];
  });
}

/** How much nearer than another a handle seems: points win over the places between them. */
const WEIGHT: Readonly<Record<Grip["hold"], number>> = { between: 1.6, side: 0.9, corner: 1, point: 1, turn: 1, whole: 1 };

/**
 * What a finger at p holds: the nearest handle within reach (image px). Inside a closed region its middle competes with the handles, so
 * that a region smaller than a fingertip can still be moved; a line is moved by the stretch between its handles.
 */
export function gripAt(r: Region, p: Point, reach: number, off = 0, seen?: Area): Grip | undefined {
  let best: Grip | undefined;
  let least = reach;
  for (const h of handlesOf(r, off, seen)) {
    const d = distance(h.at, p) * WEIGHT[h.grip.hold];
    if (d > least || (h.grip.hold === "corner" && isNarrow(r, reach))) continue;
    least = d;
    best = h.grip;
  }
  const { points, closed } = outlineOf(r);
  if (!closed) return best ?? (points.length > 1 && distanceToLine(p, points, false) <= reach / 2 ? { hold: "whole" } : undefined);
  if (insidePolygon(p, points) && (!best || distance(centreOf(areaOf(r)), p) < least)) return { hold: "whole" };
  return best;
}

/** Whether a turned box is so narrow that its corners cannot be told from the sides between them. */
const isNarrow = ({ kind, rect }: Region, reach: number): boolean => kind === "rotated_box" && rect !== undefined && Math.min(rect.w, rect.h) < reach;

/** The region after its grip was pulled by d from where the region was when the drag began. */
export function pulled(r: Region, grip: Grip, d: Point, image: Extent): Region {
  switch (grip.hold) {
    case "whole":
      return moved(r, d, image);
    case "side":
    case "corner":
      return r.kind === "rotated_box" ? pulledTurned(r, grip, d) : withArea(r, pulledArea(areaOf(r), grip, d), image);
    case "turn":
      return turnedTo(r, { x: grip.from.x + d.x, y: grip.from.y + d.y });
    case "point":
      return withPoints(r, shifted(pointsOf(r), grip.index, d), image);
    case "between":
      return withPoints(r, inserted(pointsOf(r), grip.index, d), image);
  }
}

export const withArea = (r: Region, a: Area, image: Extent): Region => ({ ...r, rect: cut(a, image) });

/** The sides that a grip moves. */
export function sidesOf(grip: BoxGrip): Readonly<Record<Side, boolean>> {
  if (grip.hold === "side") return { top: grip.side === "top", right: grip.side === "right", bottom: grip.side === "bottom", left: grip.side === "left" };
  const left = grip.corner === 0 || grip.corner === 3;
  const top = grip.corner < 2;
  return { top, right: !left, bottom: !top, left };
}

export type BoxGrip = Extract<Grip, { hold: "side" | "corner" }>;

/** A box whose sides were pulled. Edges may cross: the rectangle turns over. */
export function pulledArea(r: Area, grip: BoxGrip, d: Point): Area {
  const moves = sidesOf(grip);
  const x0 = r.x + (moves.left ? d.x : 0);
  const x1 = r.x + r.w + (moves.right ? d.x : 0);
  const y0 = r.y + (moves.top ? d.y : 0);
  const y1 = r.y + r.h + (moves.bottom ? d.y : 0);
  return { x: Math.min(x0, x1), y: Math.min(y0, y1), w: Math.abs(x1 - x0), h: Math.abs(y1 - y0) };
}

const shifted = (points: readonly Point[], index: number, d: Point): Point[] =>
  points.map((p, i) => (i === index ? { x: p.x + d.x, y: p.y + d.y } : p));

function inserted(points: readonly Point[], index: number, d: Point): Point[] {
  const a = points[index];
  const b = points[(index + 1) % points.length];
  if (!a || !b) return [...points];
  const m = middle(a, b);
  return [...points.slice(0, index + 1), { x: m.x + d.x, y: m.y + d.y }, ...points.slice(index + 1)];
}

/** Fewest points that a line of the kind has. */
const FEWEST: Readonly<Partial<Record<Region["kind"], number>>> = { polygon: 3, polyline: 2 };

/** The region without one of its points; undefined where it cannot be without. */
export function withoutPoint(r: Region, index: number, image: Extent): Region | undefined {
  const points = pointsOf(r);
  const fewest = FEWEST[r.kind];
  if (fewest === undefined || points.length <= fewest || !points[index]) return undefined;
  return withPoints(r, points.filter((_, i) => i !== index), image);
}

/** Whether a point lies within reach of one of its neighbours: who pulls it there takes it away. */
export function meetsNeighbour(r: Region, index: number, reach: number): boolean {
  const points = pointsOf(r);
  const p = points[index];
  const n = points.length;
  const beside = r.kind === "polygon" ? [points[(index + 1) % n], points[(index + n - 1) % n]] : [points[index + 1], points[index - 1]];
  return p !== undefined && beside.some((q) => q !== undefined && distance(p, q) <= reach);
}
