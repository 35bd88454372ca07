import type { Tool } from "../stage";
import { drawBox, drawCutOut } from "./drawbox";
import { drawBrush } from "./drawbrush";
import { drawLength, drawLine, drawPoint } from "./drawline";
import { drawWire } from "./drawwire";
import type { Area, Point } from "./geometry";

/**
 * What a person is drawing, as a state machine without a clock or a screen: taps, drags and keys in, sketches and finished shapes out.
 * How each tool takes its strokes stands beside it: drawbox, drawline, drawwire, drawbrush.
 */
export type Sketch =
  | { readonly as: "nothing" }
  | { readonly as: "boxtaps"; readonly taps: readonly Point[]; readonly made: boolean; readonly t: number }
  | { readonly as: "boxdrag"; readonly from: Point; readonly to: Point }
  | { readonly as: "polygon" | "polyline"; readonly points: readonly Point[]; readonly next: Point | null }
  | { readonly as: "wire"; readonly points: readonly Point[]; readonly knots: readonly number[]; readonly ahead: readonly Point[] } // knots: points up to each tap
  | { readonly as: "brush"; readonly points: readonly Point[]; readonly erases: boolean }
  | { readonly as: "measure"; readonly from: Point; readonly to: Point; readonly tapped: boolean }; // tapped: its first point stands

export type DrawingTool = Exclude<Tool, "pan">;

export type Stroke =
  | { readonly on: "tap"; readonly at: Point; readonly t: number }
  | { readonly on: "dragstart" | "drag" | "dragend"; readonly from: Point; readonly at: Point; readonly t: number }
  | { readonly on: "hover"; readonly at: Point }
  | { readonly on: "finish" | "back" | "cancel" };

export type Made =
  | { readonly shape: "box"; readonly area: Area; readonly grows: boolean } // grows: replaces the box of the tap before
  | { readonly shape: "polygon" | "polyline" | "point" | "measure"; readonly points: readonly Point[] }
  | { readonly shape: "axis"; readonly from: Point; readonly to: Point } // the long axis of a rotated box
  | { readonly shape: "paint"; readonly points: readonly Point[]; readonly erases: boolean }
  | { readonly shape: "cutout"; readonly area: Area } // asks for the mask of what stands out in it
  | { readonly shape: "grow"; readonly at: Point }; // asks for the mask around it

/** near: image px within which two taps mean one place; least: the smallest side of a box, in image px. */
export interface Fineness {
  readonly near: number;
  readonly least: number;
  /** The way from the last point of a sketch to p along the picture's edges, both ends included; absent: straight. */
  readonly along?: (from: Point, p: Point) => readonly Point[];
}

export interface Step {
  readonly sketch: Sketch;
  readonly made?: Made;
}

export const NO_SKETCH: Sketch = { as: "nothing" };

export function draw(tool: DrawingTool, sketch: Sketch, stroke: Stroke, fine: Fineness): Step {
  if (stroke.on === "cancel") return { sketch: NO_SKETCH };
  switch (tool) {
    case "box":
      return drawBox(sketch, stroke, fine);
    case "cutout":
      return drawCutOut(sketch, stroke, fine);
    case "polygon":
    case "polyline":
      return drawLine(tool, sketch, stroke, fine);
    case "wire":
      return drawWire(sketch, stroke, fine);
    case "brush":
    case "erase":
      return drawBrush(tool === "erase", sketch, stroke);
    case "measure":
    case "rotated_box":
      return drawLength(tool === "measure", sketch, stroke, fine);
    case "point":
    case "grow":
      return drawPoint(tool, sketch, stroke);
  }
}

/** The sketch after a drag was taken away, by a second finger or by the system: what earlier taps placed stays. */
export function withoutDrag(s: Sketch): Sketch {
  if (s.as === "polygon" || s.as === "polyline") return { ...s, next: null };
  if (s.as === "wire") return { ...s, ahead: [] };
  if (s.as === "measure" && s.tapped) return { ...s, to: s.from };
  return s.as === "boxtaps" ? s : NO_SKETCH;
}

/** Whether a sketch would lose something when it is dropped: a made box that waits for more taps would not. */
export const isOpen = (s: Sketch): boolean => s.as !== "nothing" && !(s.as === "boxtaps" && s.made);

/** Whether "finish" would make a shape of it. */
export function canFinish(s: Sketch): boolean {
  if (s.as === "polyline") return s.points.length >= 2;
  if (s.as === "polygon") return s.points.length >= 3;
  return s.as === "wire" && s.points.length >= 3;
}
