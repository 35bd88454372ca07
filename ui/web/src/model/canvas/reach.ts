import type { Region } from "../types";
import type { Camera } from "./camera";
import { distance, holds, type Area, type Point } from "./geometry";
import type { PointerKind } from "./gesture";
import { gripAt, handlesOf, type Grip } from "./handles";
import { areaOf } from "./shape";
import type { Fineness } from "./sketch";
import { areaToScreen, toImage, toScreen, visible } from "./viewport";

/** Half the hit area of a handle: mm for a finger or a pen, CSS pixels for a mouse. */
const REACH_MM = 7.5;
const REACH_MOUSE = 11;

/** How near a line must be to hold what is drawn. */
const SNAP_MM = 1.6;
const SNAP_MOUSE = 6;

/** How far the turning handle stands off its box, mm. */
const TURN_MM = 11;

/** How near is near: translates between what a finger, a pen or a mouse can hit and pixels of the picture. */
export class Reach {
  private mm = 4;

  constructor(private readonly camera: Camera) {}

  /** CSS pixels of one millimetre on this panel. */
  setMillimetre(mm: number): void {
    this.mm = mm;
  }

  toPicture(p: Point): Point {
    return toImage(this.camera.viewport, p);
  }

  /** Half a hit area in pixels of the picture. */
  of(kind: PointerKind): number {
    return (kind === "mouse" ? REACH_MOUSE : REACH_MM * this.mm) / this.camera.viewport.scale;
  }

  /** How far the magnet reaches, in pixels of the picture. */
  snap(kind: PointerKind): number {
    return (kind === "mouse" ? SNAP_MOUSE : SNAP_MM * this.mm) / this.camera.viewport.scale;
  }

  /** The part of the picture that is on the stage. */
  get seen(): Area {
    return visible(this.camera.viewport, this.camera.picture, this.camera.stage);
  }

  /** The distance of the turning handle from its box, in pixels of the picture. */
  get turnOff(): number {
    return (TURN_MM * this.mm) / this.camera.viewport.scale;
  }

  /** Radius of a fresh brush: a fingertip's, in pixels of the picture. */
  get fingertip(): number {
    return (2.5 * this.mm) / this.camera.viewport.scale;
  }

  fineness(kind: PointerKind): Fineness {
    return { near: this.of(kind), least: Math.max(1, 4 / this.camera.viewport.scale) };
  }

  /** Beside the picture a finger means its edge, further away nothing. */
  isOnPicture(p: Point, kind: PointerKind): boolean {
    const { w, h } = this.camera.picture;
    return holds({ x: 0, y: 0, w, h }, p, this.of(kind) * 2);
  }

  /** What a pointer at p (screen) holds of r. A region larger than the stage cannot be held as a whole: that drag moves the picture. */
  grip(r: Region, p: Point, kind: PointerKind): Grip | undefined {
    const grip = gripAt(r, this.toPicture(p), this.of(kind), this.turnOff, this.seen);
    if (grip?.hold !== "whole") return grip;
    const shown = areaToScreen(this.camera.viewport, areaOf(r));
    return shown.w < this.camera.stage.w && shown.h < this.camera.stage.h ? grip : undefined;
  }

  /** The handle of r nearest to a screen point, on the screen: where the loupe looks while a handle is pulled. */
  heldPoint(r: Region, at: Point): Point {
    const p = this.toPicture(at);
    let best = p;
    let least = Infinity;
    for (const h of handlesOf(r, this.turnOff, this.seen)) {
      const d = distance(h.at, p);
      if (h.grip.hold === "between" || d >= least) continue;
      least = d;
      best = h.at;
    }
    return toScreen(this.camera.viewport, best);
  }
}
