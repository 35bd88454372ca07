import type { Region } from "../types";
import type { Tool } from "../stage";
import type { Camera } from "./camera";
import { sized } from "./extent";
import { Edits, type EditPorts } from "./edits";
import { holds, type Point } from "./geometry";
import type { Contact, Gesture, PointerKind } from "./gesture";
import { pulled, type Grip } from "./handles";
import { CLOSE_UP, OVERLAY, VECTORS, type Level } from "./invalidate";
import { Reach } from "./reach";
import { Scene } from "./scene";
import { areaOf } from "./shape";
import type { Assistant } from "./assistant";
import { Keyhand } from "./keyhand";
import { Pen } from "./pen";
import { turnedBy } from "./turned";
import { isOpen, withoutDrag, type Sketch } from "./sketch";

/** What the editor reads and writes, all of it owned by the page. */
export interface EditorPorts extends EditPorts {
  readonly tool: { value: Tool };
  readonly assistant?: Assistant;
  invalidate(level: Level): void;
  /** Where a pointer is, in px of the picture; null when the mouse left. */
  pointed?(at: Point | null, kind: PointerKind): void;
}

/** The region under the finger while it is pulled; the page's regions change on release. */
interface Grab {
  readonly grip: Grip;
  readonly before: Region;
  readonly region: Region;
}

/** A finger or pen that rests on the picture: where the loupe looks, in CSS pixels of the stage. */
export interface Finger {
  readonly at: Point;
  readonly kind: PointerKind;
}

/** Turns gestures and keys on a picture into regions. It knows no screen: the camera says where the picture lies. */
export class Editor {
  scene = new Scene({ image: "", regions: [], proposals: [] });
  readonly pen: Pen;
  readonly hand: Keyhand;
  private image = "";
  private mmPerPx = 0;
  private grab: Grab | null = null;
  private resting: Finger | null = null;
  private readonly edits: Edits;
  private readonly reach: Reach;

  constructor(
    readonly camera: Camera,
    private readonly ports: EditorPorts,
  ) {
    this.reach = new Reach(camera);
    this.edits = new Edits(ports, () => ports.invalidate(VECTORS | OVERLAY | CLOSE_UP));
    this.pen = new Pen(this.edits, this.reach, camera, ports);
    this.hand = new Keyhand(this.pen, camera, this.reach, ports);
  }

  get sketch(): Sketch {
    return this.pen.sketch;
  }

  /** How far a turning handle stands off its box, image px. */
  get turnOff(): number {
    return this.reach.turnOff;
  }

  get drawing(): boolean {
    return this.ports.tool.value !== "pan";
  }

  get canUndo(): boolean {
    return isOpen(this.pen.sketch) || this.edits.canUndo;
  }

  get finger(): Finger | null {
    return this.resting;
  }

  /** The selected region as it looks now, with what the finger does to it. */
  get selected(): Region | undefined {
    return this.grab?.region ?? this.scene.find(this.edits.selected);
  }

  get grip(): Grip | undefined {
    return this.grab?.grip;
  }

  /** A new picture: what was begun on the old one is dropped, edits of the old one cannot be undone here. */
  open(image: string, mmPerPx: number): void {
    this.image = image;
    this.mmPerPx = mmPerPx;
    this.edits.clear();
    this.pen.open(image, mmPerPx);
    this.drop();
  }

  /** CSS pixels of one millimetre on this panel. */
  setMillimetre(mm: number): void {
    this.reach.setMillimetre(mm);
  }

  setScene(regions: readonly Region[], proposals: readonly Region[]): void {
    this.scene = new Scene({ image: this.image, regions, proposals });
    this.ports.invalidate(VECTORS | OVERLAY | CLOSE_UP);
  }

  /** Ends what is being drawn without a trace. */
  drop(): void {
    this.pen.drop();
    this.hand.point(null);
    this.grab = null;
    this.resting = null;
    this.ports.invalidate(VECTORS | OVERLAY);
  }

  gesture(g: Gesture): void {
    if ("at" in g) this.ports.pointed?.(this.reach.toPicture(g.at), g.at.kind);
    switch (g.on) {
      case "press":
        this.rest(g.at);
        return;
      case "tap":
        this.resting = null;
        this.tap(g.at);
        return;
      case "dragstart":
        this.beginDrag(g.from, g.at);
        return;
      case "drag":
        this.drag(g.from, g.last, g.at);
        return;
      case "dragend":
        this.endDrag(g.from, g.at);
        return;
      case "pinch":
        this.pen.pinch(g.was, g.now);
        return;
      case "cancel":
        this.cancelDrag();
    }
  }

  /** The mouse moved with no button down. */
  hover(at: Contact): void {
    this.ports.pointed?.(this.reach.toPicture(at), at.kind);
    this.pen.stroke({ on: "hover", at: this.reach.toPicture(at) }, at.kind);
    if (this.pen.brushes) this.hand.point({ x: at.x, y: at.y });
  }

  /** The mouse left the stage. */
  left(): void {
    this.ports.pointed?.(null, "mouse");
    if (this.pen.brushes) this.hand.point(null);
  }

  /** Ends the line that is being drawn; with a brush, the mask: the next stroke begins another. */
  finish(): boolean {
    if (this.pen.brushes && this.edits.selected !== null) {
      this.edits.select(null);
      return true;
    }
    if (this.sketch.as === "nothing") return false;
    this.pen.stroke({ on: "finish" }, "mouse");
    return true;
  }

  /** Escape: what is being drawn, else the selection. Reports whether there was anything. */
  escape(): boolean {
    if (this.sketch.as !== "nothing" || this.grab || this.hand.pointer) {
      this.drop();
      return true;
    }
    if (this.edits.selected === null) return false;
    this.edits.select(null);
    return true;
  }

  undo(): boolean {
    if (isOpen(this.sketch)) {
      this.pen.stroke({ on: "back" }, "mouse");
      return true;
    }
    this.pen.drop();
    return this.edits.undo();
  }

  /** Removes the selected region. A proposal stays: rejecting it is the page's business. */
  remove(): boolean {
    if (isOpen(this.sketch)) return this.undo();
    this.drop();
    return this.edits.remove(this.edits.selected);
  }

  /** Moves a part of the selected region by d pixels of the picture, as if it stood upright: the keyboard's way to edit. */
  nudge(grip: Grip, d: Point): void {
    const r = this.selected;
    if (!r || this.grab) return;
    this.release({ grip, before: r, region: sized(pulled(r, grip, turnedBy(d, r.angle ?? 0), this.camera.picture), this.mmPerPx) });
  }

  /** Turns the selected rotated box by degrees, clockwise. */
  turn(degrees: number): void {
    const r = this.selected;
    if (r?.kind !== "rotated_box" || this.grab) return;
    this.release({ grip: { hold: "whole" }, before: r, region: { ...r, angle: Math.round(((r.angle ?? 0) + degrees) * 10) / 10 } });
  }

  /** What a pointer at p (screen) would hold of the selected region. In a drawing tool its inside is free for the next shape. */
  gripUnder(p: Point, kind: PointerKind): Grip | undefined {
    const r = this.pen.brushes ? undefined : this.selected;
    const grip = r && this.reach.grip(r, p, kind);
    return grip?.hold === "whole" && this.ports.tool.value !== "pan" ? undefined : grip;
  }

  private rest(at: Contact): void {
    const places = this.ports.tool.value !== "pan" || this.isOnHandle(at);
    if (at.aside || !places) return;
    this.resting = { at, kind: at.kind };
    this.ports.invalidate(OVERLAY);
  }

  private isOnHandle(at: Contact): boolean {
    const grip = this.gripUnder(at, at.kind);
    return grip !== undefined && grip.hold !== "whole";
  }

  private tap(at: Contact): void {
    const tool = this.ports.tool.value;
    const p = this.reach.toPicture(at);
    if (tool === "pan" || at.aside) {
      this.edits.select(this.scene.at(p, this.reach.of(at.kind) / 2)?.id ?? null);
      return;
    }
    const r = this.selected;
    const onSelected = tool === "box" && !isOpen(this.sketch) && r !== undefined && holds(areaOf(r), p);
    if (onSelected || !this.reach.isOnPicture(p, at.kind)) this.ports.invalidate(OVERLAY);
    else this.pen.stroke({ on: "tap", at: p, t: at.t }, at.kind);
  }

  private beginDrag(from: Contact, at: Contact): void {
    const r = this.selected;
    const grip = from.aside || isOpen(this.sketch) ? undefined : this.gripUnder(from, from.kind);
    if (r && grip) {
      this.grab = { grip, before: r, region: r };
      this.pen.drop();
      this.ports.invalidate(VECTORS);
    }
    this.drag(from, from, at);
  }

  private drag(from: Contact, last: Contact, at: Contact): void {
    if (this.grab) {
      this.pull(from, at);
    } else if (this.ports.tool.value === "pan" || from.aside) {
      this.camera.pan(at.x - last.x, at.y - last.y);
      return;
    } else {
      this.resting = { at, kind: at.kind };
      this.pen.stroke({ on: "drag", from: this.reach.toPicture(from), at: this.reach.toPicture(at), t: at.t }, at.kind);
    }
    this.ports.invalidate(OVERLAY | CLOSE_UP);
  }

  private pull(from: Contact, at: Contact): void {
    if (!this.grab) return;
    const { scale } = this.camera.viewport;
    const d = { x: (at.x - from.x) / scale, y: (at.y - from.y) / scale };
    const region = sized(pulled(this.grab.before, this.grab.grip, d, this.camera.picture), this.mmPerPx);
    this.grab = { ...this.grab, region };
    this.resting = this.grab.grip.hold === "whole" ? null : { at: this.reach.heldPoint(region, at), kind: at.kind };
  }

  private endDrag(from: Contact, at: Contact): void {
    this.resting = null;
    if (this.grab) {
      this.pull(from, at);
      this.resting = null;
      this.release(this.grab);
    } else if (this.ports.tool.value !== "pan" && !from.aside) {
      this.pen.stroke({ on: "dragend", from: this.reach.toPicture(from), at: this.reach.toPicture(at), t: at.t }, at.kind);
    }
    this.ports.invalidate(OVERLAY);
  }

  private cancelDrag(): void {
    this.resting = null;
    this.grab = null;
    this.pen.sketch = withoutDrag(this.sketch);
    this.ports.invalidate(VECTORS | OVERLAY | CLOSE_UP);
  }

  private release({ before, region }: Grab): void {
    this.grab = null;
    if (this.scene.isProposal(before.id)) this.edits.add({ ...region, origin: "edited" });
    else this.edits.replace(region);
  }
}
