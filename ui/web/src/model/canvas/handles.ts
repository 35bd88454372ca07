import type { Region } from "../types";
import { areaOf, cut, moved, pointsOf, withPoints } from "./shape";
import { centreOf, distance, insidePolygon, middle, type Area, type Extent, type Point } from "./geometry";
import { outlineOf } from "./shape";
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

/** Polygons with more points than this are moved as a whole: their handles would hide the picture. */
export const MOST_POINT_HANDLES = 60;

/** off: how far the turning handle stands off its box, in image px. */
export function handlesOf(r: Region, off = 0): Handle[] {
  if (r.kind === "box") return boxHandles(areaOf(r));
  if (r.kind === "rotated_box") return turnedHandles(r, off);
  if (r.kind === "mask") return [];
  const points = pointsOf(r);
  if (points.length > MOST_POINT_HANDLES) return [];
  const held: Handle[] = points.map((at, index) => ({ grip: { hold: "point", index }, at }));
  return r.kind === "polygon" ? [...held, ...betweenHandles(points)] : held;
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

function betweenHandles(points: readonly Point[]): Handle[] {
  return points.flatMap((p, index): Handle[] => {
    const next = points[(index + 1) % points.length];
    return next ? [{ grip: { hold: "between", index }, at: middle(p, next) }] : [];
  });
}

/**
 * What a finger at p holds: the nearest handle within reach (image px). Inside a closed region its middle competes with the handles, so
 * that a region smaller than a fingertip can still be moved. Points win over the places between them.
 */
export function gripAt(r: Region, p: Point, reach: number, off = 0): Grip | undefined {
  let best: Grip | undefined;
  let least = reach;
  for (const h of handlesOf(r, off)) {
    const d = distance(h.at, p) * (h.grip.hold === "between" ? 1.6 : h.grip.hold === "side" ? 0.9 : 1);
    if (d > least) continue;
    least = d;
    best = h.grip;
  }
  const { points, closed } = outlineOf(r);
  const within = closed ? insidePolygon(p, points) : false;
  if (within && (!best || distance(centreOf(areaOf(r)), p) < least)) return { hold: "whole" };
  return best;
}

/** The region after its grip was pulled by d from where the region was when the drag began. */
export function pulled(r: Region, grip: Grip, d: Point, image: Extent): Region {
  switch (grip.hold) {
    case "whole":
      return moved(r, d, image);
    case "side":
      return r.kind === "rotated_box" ? pulledTurned(r, grip.side, d) : withArea(r, pulledSide(areaOf(r), grip.side, d), image);
    case "turn":
      return turnedTo(r, { x: grip.from.x + d.x, y: grip.from.y + d.y });
    case "corner":
      return withArea(r, pulledCorner(areaOf(r), grip.corner, d), image);
    case "point":
      return withPoints(r, shifted(pointsOf(r), grip.index, d), image);
    case "between":
      return withPoints(r, inserted(pointsOf(r), grip.index, d), image);
  }
}

const withArea = (r: Region, a: Area, image: Extent): Region => ({ ...r, rect: cut(a, image) });

/** Edges may cross: the rectangle turns over. */
function spanning(x0: number, y0: number, x1: number, y1: number): Area {
  return { x: Math.min(x0, x1), y: Math.min(y0, y1), w: Math.abs(x1 - x0), h: Math.abs(y1 - y0) };
}

export function pulledSide(r: Area, side: Side, d: Point): Area {
  const right = r.x + r.w;
  const bottom = r.y + r.h;
  if (side === "top") return spanning(r.x, r.y + d.y, right, bottom);
  if (side === "bottom") return spanning(r.x, r.y, right, bottom + d.y);
  if (side === "left") return spanning(r.x + d.x, r.y, right, bottom);
  return spanning(r.x, r.y, right + d.x, bottom);
}

function pulledCorner(r: Area, corner: number, d: Point): Area {
  const left = corner === 0 || corner === 3;
  const top = corner < 2;
  return spanning(r.x + (left ? d.x : 0), r.y + (top ? d.y : 0), r.x + r.w + (left ? 0 : d.x), r.y + r.h + (top ? 0 : d.y));
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
