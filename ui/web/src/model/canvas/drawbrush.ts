import type { Sketch, Step, Stroke } from "./sketch";

const NOTHING: Sketch = { as: "nothing" };

/** A stroke of the brush or the eraser: a drag, or a single dab. */
export function drawBrush(erases: boolean, sketch: Sketch, stroke: Stroke): Step {
  const points = sketch.as === "brush" ? sketch.points : [];
  switch (stroke.on) {
    case "tap":
      return { sketch: NOTHING, made: { shape: "paint", points: [stroke.at], erases } };
    case "dragstart":
    case "drag":
      return { sketch: { as: "brush", points: [...(points.length > 0 ? points : [stroke.from]), stroke.at], erases } };
    case "dragend":
      return { sketch: NOTHING, made: { shape: "paint", points: [...(points.length > 0 ? points : [stroke.from]), stroke.at], erases } };
    case "hover":
      return { sketch };
    default:
      return { sketch: NOTHING };
  }
}
