import { distance, type Point } from "./geometry";
import type { Fineness, Made, Sketch, Step, Stroke } from "./sketch";

const NOTHING: Sketch = { as: "nothing" };

type Line = "polygon" | "polyline";

/** A polygon is closed by a tap on its first point, a second tap on its last, or Enter; a polyline ends with a second tap on its last. */
export function drawLine(as: Line, sketch: Sketch, stroke: Stroke, fine: Fineness): Step {
  const points = sketch.as === as ? sketch.points : [];
  switch (stroke.on) {
    case "tap":
    case "dragend":
      return lineTap(as, points, stroke.at, fine);
    case "dragstart":
    case "drag":
    case "hover":
      return points.length > 0 || stroke.on !== "hover" ? { sketch: { as, points, next: stroke.at } } : { sketch };
    case "finish":
      return ended(as, points);
    case "back":
      return { sketch: points.length > 1 ? { as, points: points.slice(0, -1), next: null } : NOTHING };
    default:
      return { sketch };
  }
}

const LEAST: Readonly<Record<Line, number>> = { polygon: 3, polyline: 2 };

function lineTap(as: Line, points: readonly Point[], at: Point, fine: Fineness): Step {
  const first = points[0];
  const last = points.at(-1);
  const enough = points.length >= LEAST[as];
  if (as === "polygon" && first && enough && distance(first, at) <= fine.near) return ended(as, points);
  if (last && distance(last, at) <= fine.near / 2) return enough ? ended(as, points) : { sketch: { as, points, next: null } };
  return { sketch: { as, points: [...points, at], next: null } };
}

function ended(as: Line, points: readonly Point[]): Step {
  return points.length < LEAST[as] ? { sketch: NOTHING } : { sketch: NOTHING, made: { shape: as, points } };
}

/** A length by a drag or two taps; what is not a measure is the long axis of a rotated box. */
export function drawLength(measures: boolean, sketch: Sketch, stroke: Stroke, fine: Fineness): Step {
  const stands = sketch.as === "measure" && sketch.tapped ? sketch.from : null;
  switch (stroke.on) {
    case "tap":
      return stands ? measured(measures, stands, stroke.at, fine) : { sketch: { as: "measure", from: stroke.at, to: stroke.at, tapped: true } };
    case "dragstart":
    case "drag":
      return { sketch: { as: "measure", from: stands ?? stroke.from, to: stroke.at, tapped: stands !== null } };
    case "dragend":
      return measured(measures, stands ?? stroke.from, stroke.at, fine);
    case "hover":
      return stands ? { sketch: { as: "measure", from: stands, to: stroke.at, tapped: true } } : { sketch };
    default:
      return { sketch: NOTHING };
  }
}

function measured(measures: boolean, from: Point, to: Point, fine: Fineness): Step {
  if (distance(from, to) < fine.least) return { sketch: NOTHING };
  const made: Made = measures ? { shape: "measure", points: [from, to] } : { shape: "axis", from, to };
  return { sketch: NOTHING, made };
}

/** One place: where the finger is lifted, so that a drag with the loupe finds it to a pixel. */
export function drawPoint(tool: "point" | "grow", sketch: Sketch, stroke: Stroke): Step {
  if (stroke.on !== "tap" && stroke.on !== "dragend") return { sketch };
  return { sketch: NOTHING, made: tool === "point" ? { shape: "point", points: [stroke.at] } : { shape: "grow", at: stroke.at } };
}
