import { boundsOf, distance, holds, type Area, type Point } from "./geometry";

/**
 * What a person is drawing, as a state machine without a clock or a screen: taps, drags and keys in, sketches and finished shapes out.
 *
 * A box comes from a drag, from two taps at opposite corners, or from four taps at its extremes in any order: two taps already make a
 * box, and up to two more taps outside it, each soon after the last, stretch it. A polygon comes from taps and is closed by a tap on its
 * first point, a second tap on its last, or Enter. A length comes from a drag or two taps.
 */
export type Sketch =
  | { readonly as: "nothing" }
  | { readonly as: "boxtaps"; readonly taps: readonly Point[]; readonly made: boolean; readonly t: number }
  | { readonly as: "boxdrag"; readonly from: Point; readonly to: Point }
  | { readonly as: "polygon"; readonly points: readonly Point[]; readonly next: Point | null }
  | { readonly as: "measure"; readonly from: Point; readonly to: Point; readonly tapped: boolean }; // tapped: its first point stands

export type DrawingTool = "box" | "polygon" | "measure";

export type Stroke =
  | { readonly on: "tap"; readonly at: Point; readonly t: number }
  | { readonly on: "dragstart" | "drag" | "dragend"; readonly from: Point; readonly at: Point; readonly t: number }
  | { readonly on: "hover"; readonly at: Point }
  | { readonly on: "finish" | "back" | "cancel" };

export type Made =
  | { readonly shape: "box"; readonly area: Area; readonly grows: boolean } // grows: replaces the box of the tap before
  | { readonly shape: "polygon" | "measure"; readonly points: readonly Point[] };

/** near: image px within which two taps mean one place; least: the smallest side of a box, in image px. */
export interface Fineness {
  readonly near: number;
  readonly least: number;
}

export interface Step {
  readonly sketch: Sketch;
  readonly made?: Made;
}

/** Taps further apart in time than this begin a new box; ms. */
export const GROW_WITHIN = 6000;
const EXTREMES = 4;

export const NO_SKETCH: Sketch = { as: "nothing" };

export function draw(tool: DrawingTool, sketch: Sketch, stroke: Stroke, fine: Fineness): Step {
  if (stroke.on === "cancel") return { sketch: NO_SKETCH };
  switch (tool) {
    case "box":
      return drawBox(sketch, stroke, fine);
    case "polygon":
      return drawPolygon(sketch, stroke, fine);
    case "measure":
      return drawMeasure(sketch, stroke, fine);
  }
}

/** The sketch after a drag was taken away, by a second finger or by the system: what earlier taps placed stays. */
export function withoutDrag(s: Sketch): Sketch {
  if (s.as === "polygon") return { ...s, next: null };
  if (s.as === "measure" && s.tapped) return { ...s, to: s.from };
  return s.as === "boxtaps" ? s : NO_SKETCH;
}

/** Whether a sketch would lose something when it is dropped: a made box that waits for more taps would not. */
export const isOpen = (s: Sketch): boolean => s.as !== "nothing" && !(s.as === "boxtaps" && s.made);

function drawBox(sketch: Sketch, stroke: Stroke, fine: Fineness): Step {
  switch (stroke.on) {
    case "tap":
      return boxTap(sketch, stroke.at, stroke.t, fine);
    case "dragstart":
    case "drag":
      return { sketch: { as: "boxdrag", from: stroke.from, to: stroke.at } };
    case "dragend": {
      const area = boundsOf([stroke.from, stroke.at]);
      if (!isBox(area, fine)) return { sketch: NO_SKETCH };
      return { sketch: NO_SKETCH, made: { shape: "box", area, grows: false } };
    }
    case "finish":
    case "back":
      return { sketch: NO_SKETCH };
    default:
      return { sketch };
  }
}

function boxTap(sketch: Sketch, at: Point, t: number, fine: Fineness): Step {
  if (sketch.as !== "boxtaps" || (sketch.made && !canGrow(sketch.taps, sketch.t, at, t))) {
    return { sketch: { as: "boxtaps", taps: [at], made: false, t } };
  }
  const taps = [...sketch.taps, at];
  const area = boundsOf(taps);
  if (!isBox(area, fine)) return { sketch: taps.length < EXTREMES ? { as: "boxtaps", taps, made: false, t } : NO_SKETCH };
  const next: Sketch = taps.length < EXTREMES ? { as: "boxtaps", taps, made: true, t } : NO_SKETCH;
  return { sketch: next, made: { shape: "box", area, grows: sketch.made } };
}

const canGrow = (taps: readonly Point[], last: number, at: Point, t: number): boolean =>
  t - last <= GROW_WITHIN && !holds(boundsOf(taps), at);

const isBox = (a: Area, fine: Fineness): boolean => a.w >= fine.least && a.h >= fine.least;

function drawPolygon(sketch: Sketch, stroke: Stroke, fine: Fineness): Step {
  const points = sketch.as === "polygon" ? sketch.points : [];
  switch (stroke.on) {
    case "tap":
    case "dragend":
      return polygonTap(points, stroke.at, fine);
    case "dragstart":
    case "drag":
    case "hover":
      return points.length > 0 || stroke.on !== "hover" ? { sketch: { as: "polygon", points, next: stroke.at } } : { sketch };
    case "finish":
      return closed(points);
    case "back":
      return { sketch: points.length > 1 ? { as: "polygon", points: points.slice(0, -1), next: null } : NO_SKETCH };
    default:
      return { sketch };
  }
}

function polygonTap(points: readonly Point[], at: Point, fine: Fineness): Step {
  const first = points[0];
  const last = points.at(-1);
  if (first && points.length >= 3 && distance(first, at) <= fine.near) return closed(points);
  if (last && distance(last, at) <= fine.near / 2) return points.length >= 3 ? closed(points) : polygon(points);
  return polygon([...points, at]);
}

const polygon = (points: readonly Point[]): Step => ({ sketch: { as: "polygon", points, next: null } });

function closed(points: readonly Point[]): Step {
  if (points.length < 3) return { sketch: NO_SKETCH };
  return { sketch: NO_SKETCH, made: { shape: "polygon", points } };
}

function drawMeasure(sketch: Sketch, stroke: Stroke, fine: Fineness): Step {
  const stands = sketch.as === "measure" && sketch.tapped ? sketch.from : null;
  switch (stroke.on) {
    case "tap":
      return stands ? measured(stands, stroke.at, fine) : { sketch: { as: "measure", from: stroke.at, to: stroke.at, tapped: true } };
    case "dragstart":
    case "drag":
      return { sketch: { as: "measure", from: stands ?? stroke.from, to: stroke.at, tapped: stands !== null } };
    case "dragend":
      return measured(stands ?? stroke.from, stroke.at, fine);
    case "hover":
      return stands ? { sketch: { as: "measure", from: stands, to: stroke.at, tapped: true } } : { sketch };
    default:
      return { sketch: NO_SKETCH };
  }
}

function measured(from: Point, to: Point, fine: Fineness): Step {
  if (distance(from, to) < fine.least) return { sketch: NO_SKETCH };
  return { sketch: NO_SKETCH, made: { shape: "measure", points: [from, to] } };
}
