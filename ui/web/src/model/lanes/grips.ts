import type { PointerKind } from "../canvas/gesture";
import type { Layout } from "./layout";
import { inStrip } from "./layout";
import type { Mark } from "./marks";
import { within, xOf, type Span } from "./time";

/** What a finger holds of the selected mark. */
export type LaneGrip = "from" | "to" | "whole";

/** Width of a handle in the strip in mm, and half the width in which an edge can be held anywhere along its height. */
const HANDLE_MM = 5.6;
const REACH_MM = 7.5;
const REACH_MOUSE = 6;

/** The two handles of an interval stand outside it, so that what it marks stays free. */
interface HandleBoxes {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

export function handleBoxes(m: Mark, view: Span, width: number, mm: number): HandleBoxes {
  const w = Math.max(26, HANDLE_MM * mm);
  const x0 = xOf(m.span.from, view, width);
  const x1 = Math.max(xOf(m.span.to, view, width), x0 + tagWidth(mm));
  return { from: [x0 - w, x0], to: [x1, x1 + w] };
}

/** The tag between the handles is never narrower than this. */
const tagWidth = (mm: number): number => Math.max(28, 5.6 * mm);

/**
 * What a pointer at x, y holds: an edge anywhere along its height, a handle or the tag between them in the strip. Between two near edges
 * the nearer one counts, from outside each its own.
 */
export function laneGripAt(m: Mark, x: number, y: number, view: Span, l: Layout, mm: number, kind: PointerKind): LaneGrip | undefined {
  const reach = kind === "mouse" ? REACH_MOUSE : REACH_MM * mm;
  const x0 = xOf(m.span.from, view, l.width);
  const x1 = xOf(m.span.to, view, l.width);
  if (m.isInstant) return Math.abs(x - x0) <= reach ? "whole" : undefined;
  if (inStrip(l, y)) {
    const boxes = handleBoxes(m, view, l.width, mm);
    if (x > boxes.from[1] && x < boxes.to[0]) return "whole";
    if (x <= boxes.from[1] && x > boxes.from[0] - reach / 2) return "from";
    if (x >= boxes.to[0] && x < boxes.to[1] + reach / 2) return "to";
  }
  const d0 = Math.abs(x - x0);
  const d1 = Math.abs(x - x1);
  if (Math.min(d0, d1) > reach) return undefined;
  return d0 === d1 ? (x < x0 ? "from" : "to") : d0 < d1 ? "from" : "to";
}

/** The mark's span after the grip was pulled by d ms; edges may cross, nothing leaves the limits. */
export function pulledSpan(m: Mark, grip: LaneGrip, d: number, limits: Span, least: number): Span {
  const { from, to } = m.span;
  if (grip === "whole") {
    const by = Math.max(limits.from - from, Math.min(limits.to - to, d));
    return { from: from + by, to: to + by };
  }
  return within(grip === "from" ? { from: from + d, to } : { from, to: to + d }, limits, least);
}
