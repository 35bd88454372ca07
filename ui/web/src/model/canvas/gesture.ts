import { distance, type Point } from "./geometry";

/**
 * Turns the pointers of one surface into taps, drags and pinches.
 *
 * One pointer taps (released within the slop) or drags. A second finger ends what the first began and both zoom and pan until all are
 * up. Contacts as large as a palm are ignored, and so are fingers while a pen is down. Everything is decided on release or on a move
 * beyond the slop, never on the first touch.
 */

export type PointerKind = "mouse" | "touch" | "pen";

/** One pointer event: x and y in CSS pixels of the surface, t in ms, size the larger side of the contact in CSS pixels. */
export interface Contact extends Point {
  readonly id: number;
  readonly kind: PointerKind;
  readonly t: number;
  readonly size: number;
  readonly aside: boolean; // middle or right button, or a modifier: move the ground whatever the tool is
}

export type Gesture =
  | { readonly on: "press"; readonly at: Contact }
  | { readonly on: "tap"; readonly at: Contact }
  | { readonly on: "dragstart"; readonly from: Contact; readonly at: Contact }
  | { readonly on: "drag"; readonly from: Contact; readonly last: Contact; readonly at: Contact }
  | { readonly on: "dragend"; readonly from: Contact; readonly at: Contact }
  | { readonly on: "cancel" }
  | { readonly on: "pinch"; readonly was: readonly [Point, Point]; readonly now: readonly [Point, Point] };

/** What a surface does with the gestures on it. */
export interface Touched {
  press?(at: Contact): void;
  tap(at: Contact): void;
  beginDrag(from: Contact, at: Contact): void;
  drag(from: Contact, last: Contact, at: Contact): void;
  endDrag(from: Contact, at: Contact): void;
  pinch(was: readonly [Point, Point], now: readonly [Point, Point]): void;
  cancel(): void;
}

/** Calls what is to be done about a gesture. */
export function answer(g: Gesture, to: Touched): void {
  switch (g.on) {
    case "press":
      return to.press?.(g.at);
    case "tap":
      return to.tap(g.at);
    case "dragstart":
      return to.beginDrag(g.from, g.at);
    case "drag":
      return to.drag(g.from, g.last, g.at);
    case "dragend":
      return to.endDrag(g.from, g.at);
    case "pinch":
      return to.pinch(g.was, g.now);
    case "cancel":
      return to.cancel();
  }
}

/** Slop in CSS pixels per pointer kind, and the contact size that is a palm. */
export interface GestureLimits {
  readonly slop: Readonly<Record<PointerKind, number>>;
  readonly palm: number;
}

/** Limits for a panel with mm CSS pixels per millimetre. */
export function limitsFor(mm: number): GestureLimits {
  return { slop: { mouse: 4, pen: Math.max(4, 1.2 * mm), touch: Math.max(8, 2.2 * mm) }, palm: 28 * mm };
}

type Phase =
  | { readonly name: "idle" }
  | { readonly name: "pressed"; readonly from: Contact; readonly last: Contact }
  | { readonly name: "dragging"; readonly from: Contact; readonly last: Contact }
  | { readonly name: "pinching"; readonly a: Contact; readonly b: Contact }
  | { readonly name: "spent" }; // wait until every pointer is up

export class Gestures {
  private phase: Phase = { name: "idle" };
  private readonly down = new Map<number, Contact>();
  private readonly palms = new Set<number>();

  constructor(private limits: GestureLimits) {}

  setLimits(limits: GestureLimits): void {
    this.limits = limits;
  }

  /** The pointer that presses or drags, if one does. */
  get active(): boolean {
    return this.phase.name !== "idle" && this.phase.name !== "spent";
  }

  press(c: Contact): Gesture[] {
    if (this.isPalm(c)) {
      this.palms.add(c.id);
      return [];
    }
    this.down.set(c.id, c);
    if (this.phase.name === "idle") {
      this.phase = { name: "pressed", from: c, last: c };
      return [{ on: "press", at: c }];
    }
    if (this.phase.name === "pressed" || this.phase.name === "dragging") return this.second(this.phase.last, c);
    return [];
  }

  move(c: Contact): Gesture[] {
    if (this.palms.has(c.id) || !this.down.has(c.id)) return [];
    if (this.isPalm(c)) return this.cancel(c.id);
    this.down.set(c.id, c);
    switch (this.phase.name) {
      case "pressed":
        return c.id === this.phase.from.id ? this.pressedMove(this.phase.from, c) : [];
      case "dragging":
        return c.id === this.phase.from.id ? this.dragMove(this.phase.from, this.phase.last, c) : [];
      case "pinching":
        return this.pinchMove(this.phase.a, this.phase.b, c);
      default:
        return [];
    }
  }

  release(c: Contact): Gesture[] {
    if (this.palms.delete(c.id) || !this.down.delete(c.id)) return [];
    const phase = this.phase;
    this.phase = this.down.size === 0 ? { name: "idle" } : { name: "spent" };
    if (phase.name === "pressed" && phase.from.id === c.id) return [{ on: "tap", at: c }];
    if (phase.name === "dragging" && phase.from.id === c.id) return [{ on: "dragend", from: phase.from, at: c }];
    return [];
  }

  /** The system took the pointer away, or it grew to a palm: nothing that it began may stay. */
  cancel(id: number): Gesture[] {
    this.palms.delete(id);
    if (!this.down.delete(id)) return [];
    const began = this.active;
    this.phase = this.down.size === 0 ? { name: "idle" } : { name: "spent" };
    return began ? [{ on: "cancel" }] : [];
  }

  private isPalm(c: Contact): boolean {
    if (c.kind !== "touch") return false;
    return c.size > this.limits.palm || [...this.down.values()].some((o) => o.kind === "pen");
  }

  private second(first: Contact, c: Contact): Gesture[] {
    if (first.kind !== "touch" || c.kind !== "touch") return [];
    this.phase = { name: "pinching", a: first, b: c };
    return [{ on: "cancel" }];
  }

  private pressedMove(from: Contact, c: Contact): Gesture[] {
    if (distance(from, c) <= this.limits.slop[c.kind]) {
      this.phase = { name: "pressed", from, last: c };
      return [];
    }
    this.phase = { name: "dragging", from, last: c };
    return [{ on: "dragstart", from, at: c }];
  }

  private dragMove(from: Contact, last: Contact, c: Contact): Gesture[] {
    this.phase = { name: "dragging", from, last: c };
    return [{ on: "drag", from, last, at: c }];
  }

  private pinchMove(a: Contact, b: Contact, c: Contact): Gesture[] {
    if (c.id !== a.id && c.id !== b.id) return [];
    const nowA = c.id === a.id ? c : a;
    const nowB = c.id === b.id ? c : b;
    this.phase = { name: "pinching", a: nowA, b: nowB };
    return [{ on: "pinch", was: [a, b], now: [nowA, nowB] }];
  }
}
