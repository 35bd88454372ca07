import { Gestures, limitsFor, type Contact, type Gesture } from "../../model/canvas/gesture";
import { contactOf } from "./contact";

/** Who takes part in a surface's pointer events. */
export interface PointerSink {
  readonly focus?: HTMLElement; // takes the focus on a press; the surface itself when absent
  gesture(g: Gesture): void;
  hover(c: Contact): void;
  left(): void;
}

/**
 * Feeds the pointers on an element to a sink as gestures and gives the function that stops it. Controls on top of the element keep their
 * own clicks.
 */
export function listenPointers(host: HTMLElement, sink: PointerSink): () => void {
  const gestures = new Gestures(limitsFor(millimetre(host)));
  const stop = new AbortController();
  const focused = sink.focus ?? host;
  const send = (all: Gesture[]): void => all.forEach((g) => sink.gesture(g));
  const contact = (e: PointerEvent): Contact => contactOf(e, host.getBoundingClientRect());

  const down = (e: PointerEvent): void => {
    if (isControl(e.target)) return;
    gestures.setLimits(limitsFor(millimetre(host)));
    host.setPointerCapture(e.pointerId);
    focused.toggleAttribute("data-pointer", true); // whoever points needs no ring that says where the focus is
    focused.focus({ preventScroll: true });
    send(gestures.press(contact(e)));
    host.toggleAttribute("data-busy", true);
    e.preventDefault();
  };
  const move = (e: PointerEvent): void => {
    if (e.buttons === 0 && e.pointerType !== "touch") {
      if (!isControl(e.target)) sink.hover(contact(e));
      return;
    }
    send(gestures.move(contact(e)));
  };
  const up = (e: PointerEvent): void => {
    send(gestures.release(contact(e)));
    if (!gestures.active) host.removeAttribute("data-busy");
  };
  const cancel = (e: PointerEvent): void => {
    send(gestures.cancel(e.pointerId));
    host.removeAttribute("data-busy");
  };
  const on = { signal: stop.signal };
  focused.addEventListener("keydown", () => focused.removeAttribute("data-pointer"), { ...on, capture: true });
  host.addEventListener("pointerdown", down, on);
  host.addEventListener("pointermove", move, on);
  host.addEventListener("pointerup", up, on);
  host.addEventListener("pointercancel", cancel, on);
  host.addEventListener("pointerleave", () => sink.left(), on);
  host.addEventListener("contextmenu", (e) => e.preventDefault(), on);
  return () => stop.abort();
}

const isControl = (t: EventTarget | null): boolean => t instanceof Element && t.closest("button, input, a, label") !== null;

/** CSS pixels of one millimetre on this panel, as its calibration says. */
export function millimetre(el: HTMLElement): number {
  return parseFloat(getComputedStyle(el).getPropertyValue("--mm")) || 4;
}
