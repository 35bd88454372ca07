import { distance, type Point } from "./geometry";
import type { Fineness, Sketch, Step, Stroke } from "./sketch";

const NOTHING: Sketch = { as: "nothing" };

type Wire = Extract<Sketch, { as: "wire" }>;

const EMPTY: Wire = { as: "wire", points: [], knots: [], ahead: [] };

/** Taps along an edge, between which the line follows it; closed as a polygon is. "back" takes the last tap and its stretch away. */
export function drawWire(sketch: Sketch, stroke: Stroke, fine: Fineness): Step {
  const wire = sketch.as === "wire" ? sketch : EMPTY;
  switch (stroke.on) {
    case "tap":
    case "dragend":
      return knot(wire, stroke.at, fine);
    case "dragstart":
    case "drag":
    case "hover":
      return wire.points.length > 0 ? { sketch: { ...wire, ahead: stretch(wire, stroke.at, fine) } } : { sketch };
    case "finish":
      return closed(wire, fine);
    case "back":
      return { sketch: wire.knots.length > 1 ? shorter(wire) : NOTHING };
    default:
      return { sketch };
  }
}

function knot(wire: Wire, at: Point, fine: Fineness): Step {
  const first = wire.points[0];
  const last = wire.points.at(-1);
  if (!first || !last) return { sketch: { as: "wire", points: [at], knots: [1], ahead: [] } };
  if (wire.knots.length >= 2 && distance(first, at) <= fine.near) return closed(wire, fine);
  if (distance(last, at) <= fine.near / 2) return wire.knots.length >= 3 ? closed(wire, fine) : { sketch: { ...wire, ahead: [] } };
  const points = [...wire.points, ...stretch(wire, at, fine).slice(1)];
  return { sketch: { as: "wire", points, knots: [...wire.knots, points.length], ahead: [] } };
}

/** From the last point to p, both included. */
function stretch(wire: Wire, p: Point, fine: Fineness): readonly Point[] {
  const last = wire.points.at(-1);
  if (!last) return [];
  const way = fine.along?.(last, p) ?? [];
  return way.length > 1 ? way : [last, p];
}

function closed(wire: Wire, fine: Fineness): Step {
  const first = wire.points[0];
  if (!first || wire.knots.length < 2) return { sketch: NOTHING };
  const points = [...wire.points, ...stretch(wire, first, fine).slice(1, -1)];
  return points.length < 3 ? { sketch: NOTHING } : { sketch: NOTHING, made: { shape: "polygon", points } };
}

function shorter(wire: Wire): Wire {
  const knots = wire.knots.slice(0, -1);
  return { as: "wire", points: wire.points.slice(0, knots.at(-1)), knots, ahead: [] };
}
