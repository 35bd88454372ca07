import type { Region } from "../types";
import type { Tool } from "../stage";
import type { Assistant } from "./assistant";
import type { Camera } from "./camera";
import type { Clip, ClipPlace } from "./clip";
import { Desk } from "./desk";
import { Edits, type EditPorts } from "./edits";
import { Fingers, type Finger } from "./fingers";
import type { Point } from "./geometry";
import type { Contact, Gesture, PointerKind } from "./gesture";
import type { Grip } from "./handles";
import { Hold } from "./hold";
import { CLOSE_UP, OVERLAY, VECTORS, type Level } from "./invalidate";
import { Keyhand } from "./keyhand";
import { Pen } from "./pen";
import { Reach } from "./reach";
import { Scene } from "./scene";
import { isOpen, type Sketch } from "./sketch";

/** What the editor reads and writes, all of it owned by the page. */
export interface EditorPorts extends EditPorts {
  readonly tool: { value: Tool };
  readonly snap?: { readonly value: boolean } | undefined; // what is drawn is held by what lies beside it
  readonly clip?: Clip;
  readonly assistant?: Assistant;
  invalidate(level: Level): void;
  /** Where a pointer is, in px of the picture, and whether it is pressed; null when the mouse left. */
  pointed?(at: Point | null, kind: PointerKind, pressed: boolean): void;
}

/** Turns gestures and keys on a picture into regions. It knows no screen: the camera says where the picture lies. */
export class Editor {
  scene = new Scene({ image: "", regions: [], proposals: [] });
  readonly pen: Pen;
  readonly hand: Keyhand;
  readonly desk: Desk;
  readonly clip: Clip | undefined;
  image = ""; // sha256
  mmPerPx = 0;
  private key = "";
  private readonly edits: Edits;
  private readonly reach: Reach;
  private readonly held: Hold;
  private readonly fingers: Fingers;

  constructor(
    readonly camera: Camera,
    private readonly ports: EditorPorts,
  ) {
    this.clip = ports.clip;
    this.reach = new Reach(camera);
    this.edits = new Edits(ports, () => ports.invalidate(VECTORS | OVERLAY | CLOSE_UP));
    this.held = new Hold(this.edits, this.reach, camera, this);
    this.desk = new Desk(this.edits, this);
    this.pen = new Pen(this.edits, this.reach, camera, this, ports);
    this.fingers = new Fingers(this.held, this.pen, this.edits, camera, this.reach, this);
    this.hand = new Keyhand(this.pen, camera, this.reach, ports);
  }

  get sketch(): Sketch {
    return this.pen.sketch;
  }

  /** How far a turning handle stands off its box, image px. */
  get turnOff(): number {
    return this.reach.turnOff;
  }

  get tool(): Tool {
    return this.ports.tool.value;
  }

  get drawing(): boolean {
    return this.tool !== "pan";
  }

  invalidate(level: Level): void {
    this.ports.invalidate(level);
  }

  get snaps(): boolean {
    return this.ports.snap?.value ?? false;
  }

  get canUndo(): boolean {
    return isOpen(this.pen.sketch) || this.edits.canUndo;
  }

  get canRedo(): boolean {
    return !isOpen(this.pen.sketch) && this.edits.canRedo;
  }

  get finger(): Finger | null {
    return this.fingers.finger;
  }

  /** The selected region as it looks now, with what the finger does to it. */
  get selected(): Region | undefined {
    return this.held.region ?? this.scene.find(this.edits.selected);
  }

  /** What a person drew on this picture, in its order. */
  get regions(): readonly Region[] {
    return this.scene.regions;
  }

  get scale(): number {
    return this.camera.viewport.scale;
  }

  /** The place of what is copied here. */
  get here(): ClipPlace {
    return { key: this.key, image: this.image, extent: this.camera.picture };
  }

  get grip(): Grip | undefined {
    return this.held.grip;
  }

  /** A new picture: what was begun on the old one is dropped, edits of the old one cannot be undone here. key: what it shares with others. */
  open(image: string, mmPerPx: number, key = ""): void {
    this.image = image;
    this.mmPerPx = mmPerPx;
    this.key = key;
    this.edits.clear();
    this.pen.open();
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
    this.held.drop();
    this.fingers.drop();
    this.ports.invalidate(VECTORS | OVERLAY);
  }

  gesture(g: Gesture): void {
    if ("at" in g) this.ports.pointed?.(this.reach.toPicture(g.at), g.at.kind, true);
    this.fingers.gesture(g);
  }

  /** The mouse moved with no button down. */
  hover(at: Contact): void {
    this.ports.pointed?.(this.reach.toPicture(at), at.kind, false);
    this.pen.stroke({ on: "hover", at: this.reach.toPicture(at) }, at.kind);
    if (this.pen.brushes) this.hand.point({ x: at.x, y: at.y });
  }

  /** The mouse left the stage. */
  left(): void {
    this.ports.pointed?.(null, "mouse", false);
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
    if (this.sketch.as !== "nothing" || this.held.active || this.hand.pointer) {
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

  redo(): boolean {
    if (!this.canRedo) return false;
    this.pen.drop();
    return this.edits.redo();
  }

  /** Removes the selected region. A proposal stays: rejecting it is the page's business. */
  remove(): boolean {
    if (isOpen(this.sketch)) return this.undo();
    this.drop();
    return this.edits.remove(this.edits.selected);
  }

  /** Moves a part of the selected region by d pixels of the picture: the keyboard's way to edit. */
  nudge(grip: Grip, d: Point): void {
    if (this.selected) this.held.nudge(this.selected, grip, d);
  }

  /** Turns the selected rotated box by degrees, clockwise. */
  turn(degrees: number): void {
    if (this.selected) this.held.turn(this.selected, degrees);
  }

  /** Takes a point of the selected line away; false where the line needs it. */
  removePoint(index: number): boolean {
    return this.selected !== undefined && this.held.removePoint(this.selected, index);
  }

  /** What a pointer at p (screen) would hold of the selected region. In a drawing tool its inside is free for the next shape. */
  gripUnder(p: Point, kind: PointerKind): Grip | undefined {
    const r = this.pen.brushes ? undefined : this.selected;
    const grip = r && this.reach.grip(r, p, kind);
    return grip?.hold === "whole" && this.drawing ? undefined : grip;
  }
}
