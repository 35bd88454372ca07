import type { Region } from "../types";
import type { Tool } from "../stage";
import type { Camera } from "./camera";
import type { Edits } from "./edits";
import { holds, type Point } from "./geometry";
import { answer, type Contact, type Gesture, type PointerKind, type Touched } from "./gesture";
import type { Grip } from "./handles";
import type { Hold } from "./hold";
import { CLOSE_UP, OVERLAY, VECTORS, type Level } from "./invalidate";
import type { Pen } from "./pen";
import type { Reach } from "./reach";
import type { Scene } from "./scene";
import { areaOf } from "./shape";
import { isOpen, withoutDrag } from "./sketch";

/** A finger or pen that rests on the picture: where the loupe looks, in CSS pixels of the stage. */
export interface Finger {
  readonly at: Point;
  readonly kind: PointerKind;
}

/** What the fingers work on. */
export interface Ground {
  readonly tool: Tool;
  readonly drawing: boolean;
  readonly scene: Scene;
  readonly selected: Region | undefined;
  gripUnder(p: Point, kind: PointerKind): Grip | undefined;
  invalidate(level: Level): void;
}

/** What taps, drags and pinches do: they select, pull, draw, or move the picture. */
export class Fingers implements Touched {
  private resting: Finger | null = null;

  constructor(
    private readonly hold: Hold,
    private readonly pen: Pen,
    private readonly edits: Edits,
    private readonly camera: Camera,
    private readonly reach: Reach,
    private readonly ground: Ground,
  ) {}

  get finger(): Finger | null {
    return this.resting;
  }

  drop(): void {
    this.resting = null;
  }

  gesture(g: Gesture): void {
    answer(g, this);
  }

  press(at: Contact): void {
    const places = this.ground.drawing || this.isOnHandle(at);
    if (at.aside || !places) return;
    this.resting = { at, kind: at.kind };
    this.ground.invalidate(OVERLAY);
  }

  private isOnHandle(at: Contact): boolean {
    const grip = this.ground.gripUnder(at, at.kind);
    return grip !== undefined && grip.hold !== "whole";
  }

  tap(at: Contact): void {
    this.resting = null;
    const p = this.reach.toPicture(at);
    if (!this.ground.drawing || at.aside) {
      this.edits.select(this.ground.scene.at(p, this.reach.of(at.kind) / 2)?.id ?? null);
      return;
    }
    const r = this.ground.selected;
    const onSelected = this.ground.tool === "box" && !isOpen(this.pen.sketch) && r !== undefined && holds(areaOf(r), p);
    if (onSelected || !this.reach.isOnPicture(p, at.kind)) this.ground.invalidate(OVERLAY);
    else this.pen.stroke({ on: "tap", at: p, t: at.t }, at.kind);
  }

  beginDrag(from: Contact, at: Contact): void {
    const r = this.ground.selected;
    const grip = from.aside || isOpen(this.pen.sketch) ? undefined : this.ground.gripUnder(from, from.kind);
    if (r && grip) {
      this.hold.begin(r, grip);
      this.pen.drop();
      this.ground.invalidate(VECTORS);
    }
    this.drag(from, from, at);
  }

  drag(from: Contact, last: Contact, at: Contact): void {
    if (this.hold.active) {
      this.pull(from, at);
    } else if (!this.ground.drawing || from.aside) {
      this.camera.pan(at.x - last.x, at.y - last.y);
      return;
    } else {
      this.resting = { at, kind: at.kind };
      this.pen.stroke({ on: "drag", from: this.reach.toPicture(from), at: this.reach.toPicture(at), t: at.t }, at.kind);
    }
    this.ground.invalidate(OVERLAY | CLOSE_UP);
  }

  private pull(from: Contact, at: Contact): void {
    const held = this.hold.pull(from, at);
    this.resting = held && { at: held, kind: at.kind };
  }

  endDrag(from: Contact, at: Contact): void {
    if (this.hold.active) {
      this.pull(from, at);
      this.hold.release(at.kind);
    } else if (this.ground.drawing && !from.aside) {
      this.pen.stroke({ on: "dragend", from: this.reach.toPicture(from), at: this.reach.toPicture(at), t: at.t }, at.kind);
    }
    this.resting = null;
    this.ground.invalidate(OVERLAY);
  }

  pinch(was: readonly [Point, Point], now: readonly [Point, Point]): void {
    this.pen.pinch(was, now);
  }

  cancel(): void {
    this.resting = null;
    this.hold.drop();
    this.pen.sketch = withoutDrag(this.pen.sketch);
    this.ground.invalidate(VECTORS | OVERLAY | CLOSE_UP);
  }
}
