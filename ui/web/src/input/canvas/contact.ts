import type { Contact, PointerKind } from "../../model/canvas/gesture";

const KINDS: Readonly<Record<string, PointerKind>> = { mouse: "mouse", pen: "pen", touch: "touch" };

/** A pointer event in CSS pixels of the element. The clock is the event's own, in ms. */
export function contactOf(e: PointerEvent, box: DOMRect): Contact {
  return {
    id: e.pointerId,
    kind: KINDS[e.pointerType] ?? "mouse",
    x: e.clientX - box.left,
    y: e.clientY - box.top,
    t: e.timeStamp,
    size: Math.max(e.width, e.height),
    aside: e.button === 1 || e.button === 2 || (e.buttons & 6) !== 0,
  };
}

/** How far a wheel event scrolls, in CSS pixels, whatever unit the browser counts in. */
export function wheelPixels(e: WheelEvent, page: number): { x: number; y: number } {
  const unit = e.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : e.deltaMode === WheelEvent.DOM_DELTA_PAGE ? page : 1;
  return { x: e.deltaX * unit, y: e.deltaY * unit };
}

/** The zoom factor of a wheel turn: 100 px is about a fifth, a pinch on a touchpad (with Ctrl) counts more. */
export function wheelFactor(e: WheelEvent): number {
  const { y } = wheelPixels(e, 400);
  return Math.exp(-Math.max(-300, Math.min(300, y)) * (e.ctrlKey ? 0.01 : 0.002));
}
