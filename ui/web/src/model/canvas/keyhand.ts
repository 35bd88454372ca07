import type { Tool } from "../stage";
import type { Camera } from "./camera";
import { clamp, type Point } from "./geometry";
import { OVERLAY, type Level } from "./invalidate";
import type { Pen } from "./pen";
import type { Reach } from "./reach";

/** What the keyboard does in the place of a finger: a pointer that arrows move and Enter taps with, and a first box. */
export class Keyhand {
  private cross: Point | null = null;

  constructor(
    private readonly pen: Pen,
    private readonly camera: Camera,
    private readonly reach: Reach,
    private readonly ports: { readonly tool: { value: Tool }; invalidate(level: Level): void },
  ) {}

  /** Where the pointer is, in CSS pixels of the stage. A mouse with a brush leaves it where it is. */
  get pointer(): Point | null {
    return this.cross;
  }

  point(at: Point | null): void {
    this.cross = at;
    this.ports.invalidate(OVERLAY);
  }

  /** Moves the pointer by CSS pixels; false when there is none to move. */
  move(dx: number, dy: number): boolean {
    if (!this.cross) return false;
    const { w, h } = this.camera.stage;
    const at = { x: clamp(this.cross.x + dx, 0, w), y: clamp(this.cross.y + dy, 0, h) };
    this.pen.stroke({ on: "hover", at: this.reach.toPicture(at) }, "mouse");
    this.point(at);
    return true;
  }

  /** Taps where the pointer is, or shows it in the middle of the stage; t in ms. */
  tap(t: number): boolean {
    if (this.ports.tool.value === "pan") return false;
    const { w, h } = this.camera.stage;
    if (this.cross) this.pen.stroke({ on: "tap", at: this.reach.toPicture(this.cross), t }, "mouse");
    else this.point({ x: w / 2, y: h / 2 });
    return true;
  }

  /** Draws a box in the middle of what is shown: its handles are pulled by keys then. False with other tools. */
  placeMiddle(): boolean {
    const tool = this.ports.tool.value;
    if ((tool !== "box" && tool !== "rotated_box") || this.pen.sketch.as !== "nothing") return false;
    const { w, h } = this.camera.stage;
    const straight = tool === "rotated_box";
    const from = this.reach.toPicture({ x: w * 0.4, y: h * (straight ? 0.5 : 0.4) });
    const at = this.reach.toPicture({ x: w * 0.6, y: h * (straight ? 0.5 : 0.6) });
    this.pen.stroke({ on: "dragend", from, at, t: 0 }, "mouse");
    return true;
  }
}
