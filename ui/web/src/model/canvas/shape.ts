import type { Rect, Region } from "../types";
import { boundsOf, clamp, cornersOf, turnedCorners, type Area, type Extent, type Point } from "./geometry";

/** The line that shows a region on a picture, in image pixels. */
export interface Outline {
  readonly points: readonly Point[];
  readonly closed: boolean;
}

const NOTHING: Rect = { x: 0, y: 0, w: 0, h: 0 };

export const pointsOf = (r: Region): Point[] => (r.points ?? []).map(([x, y]) => ({ x, y }));

export function outlineOf(r: Region): Outline {
  switch (r.kind) {
    case "box":
    case "mask":
      return { points: cornersOf(r.rect ?? NOTHING), closed: true };
    case "rotated_box":
      return { points: turnedCorners(r.rect ?? NOTHING, r.angle ?? 0), closed: true };
    case "polygon":
      return { points: pointsOf(r), closed: true };
    default:
      return { points: pointsOf(r), closed: false };
  }
}

/** The upright rectangle around a region on a picture. */
export function areaOf(r: Region): Area {
  if ((r.kind === "box" || r.kind === "mask") && r.rect) return r.rect;
  return boundsOf(outlineOf(r).points);
}

export const isOnImage = (r: Region): boolean => r.kind !== "interval" && r.kind !== "instant";

/** Coordinates are kept to a sixteenth of a pixel: exact in binary, so that x + w never exceeds the width by rounding. */
const STEP = 16;
export const stepped = (v: number): number => Math.round(v * STEP) / STEP;

export function inside(p: Point, image: Extent): Point {
  return { x: clamp(stepped(p.x), 0, image.w), y: clamp(stepped(p.y), 0, image.h) };
}

/** The rectangle cut at the image's edges; at least one pixel wide and high. */
export function cut(r: Area, image: Extent): Rect {
  const a = inside({ x: r.x, y: r.y }, image);
  const b = inside({ x: r.x + r.w, y: r.y + r.h }, image);
  const x = Math.min(a.x, Math.max(0, image.w - 1));
  const y = Math.min(a.y, Math.max(0, image.h - 1));
  return { x, y, w: Math.max(Math.min(1, image.w), b.x - x), h: Math.max(Math.min(1, image.h), b.y - y) };
}

/** The shift that moves area by d as far as the image allows. */
function shiftWithin(area: Area, d: Point, image: Extent): Point {
  return {
    x: stepped(clamp(d.x, -area.x, Math.max(-area.x, image.w - area.x - area.w))),
    y: stepped(clamp(d.y, -area.y, Math.max(-area.y, image.h - area.y - area.h))),
  };
}

/** The region moved by d, kept inside the image as a whole. A mask moves by whole pixels. */
export function moved(r: Region, d: Point, image: Extent): Region {
  const s = shiftWithin(areaOf(r), d, image);
  const by = r.kind === "mask" ? { x: Math.trunc(s.x), y: Math.trunc(s.y) } : s;
  const next = { ...r };
  if (r.rect) next.rect = { ...r.rect, x: r.rect.x + by.x, y: r.rect.y + by.y };
  if (r.points) next.points = r.points.map(([x, y]) => [clamp(x + by.x, 0, image.w), clamp(y + by.y, 0, image.h)]);
  return next;
}

export function withPoints(r: Region, points: readonly Point[], image: Extent): Region {
  return { ...r, points: points.map((p) => inside(p, image)).map(({ x, y }) => [x, y]) };
}

/** A region that a person draws. */
export function drawnBox(id: string, image: string, r: Area, extent: Extent): Region {
  return { id, kind: "box", origin: "person", image, rect: cut(r, extent) };
}

export function drawnPoints(id: string, image: string, kind: "polygon" | "polyline" | "point" | "measure", points: readonly Point[], extent: Extent): Region {
  return withPoints({ id, kind, origin: "person", image }, points, extent);
}
