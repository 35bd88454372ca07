import { boundsOf, holds, type Area, type Point } from "./geometry";
import type { Fineness, Sketch, Step, Stroke } from "./sketch";

/** Taps further apart in time than this begin a new box; ms. */
export const GROW_WITHIN = 6000;
const EXTREMES = 4;
const NOTHING: Sketch = { as: "nothing" };

/**
 * A box comes from a drag, from two taps at opposite corners, or from four taps at its extremes in any order: two taps already make a
 * box, and up to two more taps outside it, each soon after the last, stretch it.
 */
export function drawBox(sketch: Sketch, stroke: Stroke, fine: Fineness): Step {
  switch (stroke.on) {
    case "tap":
      return boxTap(sketch, stroke.at, stroke.t, fine);
    case "dragstart":
    case "drag":
      return { sketch: { as: "boxdrag", from: stroke.from, to: stroke.at } };
    case "dragend": {
      const area = boundsOf([stroke.from, stroke.at]);
      if (!isBox(area, fine)) return { sketch: NOTHING };
      return { sketch: NOTHING, made: { shape: "box", area, grows: false } };
    }
    case "finish":
    case "back":
      return { sketch: NOTHING };
    default:
      return { sketch };
  }
}

/** A box that is only a question: by a drag or two taps. */
export function drawCutOut(sketch: Sketch, stroke: Stroke, fine: Fineness): Step {
  const { sketch: next, made } = drawBox(sketch, stroke, fine);
  return made?.shape === "box" ? { sketch: NOTHING, made: { shape: "cutout", area: made.area } } : { sketch: next };
}

function boxTap(sketch: Sketch, at: Point, t: number, fine: Fineness): Step {
  if (sketch.as !== "boxtaps" || (sketch.made && !canGrow(sketch.taps, sketch.t, at, t))) {
    return { sketch: { as: "boxtaps", taps: [at], made: false, t } };
  }
  const taps = [...sketch.taps, at];
  const area = boundsOf(taps);
  if (!isBox(area, fine)) return { sketch: taps.length < EXTREMES ? { as: "boxtaps", taps, made: false, t } : NOTHING };
  const next: Sketch = taps.length < EXTREMES ? { as: "boxtaps", taps, made: true, t } : NOTHING;
  return { sketch: next, made: { shape: "box", area, grows: sketch.made } };
}

const canGrow = (taps: readonly Point[], last: number, at: Point, t: number): boolean =>
  t - last <= GROW_WITHIN && !holds(boundsOf(taps), at);

const isBox = (a: Area, fine: Fineness): boolean => a.w >= fine.least && a.h >= fine.least;
