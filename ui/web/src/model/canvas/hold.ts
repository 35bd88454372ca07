import type { Region } from "../types";
import type { Camera } from "./camera";
import type { Edits } from "./edits";
import { sized } from "./extent";
import type { Point } from "./geometry";
import type { Contact, PointerKind } from "./gesture";
import { meetsNeighbour, pulled, sidesOf, withArea, withoutPoint, type Grip } from "./handles";
import { Magnet } from "./magnet";
import type { Reach } from "./reach";
import type { Scene } from "./scene";
import { areaOf, moved, pointsOf, withPoints } from "./shape";
import { turnedBy } from "./turned";

/** The region under the finger while it is pulled; the page's regions change on release. */
interface Grab {
  readonly grip: Grip;
  readonly before: Region;
  readonly region: Region;
}

export interface HoldPorts {
  readonly scene: Scene;
  readonly snaps: boolean;
  readonly mmPerPx: number;
}

/** What a finger or the keyboard does to the selected region: pulls its handles, moves it, turns it, takes its points away. */
export class Hold {
  private grab: Grab | null = null;

  constructor(
    private readonly edits: Edits,
    private readonly reach: Reach,
    private readonly camera: Camera,
    private readonly now: HoldPorts,
  ) {}

  get active(): boolean {
    return this.grab !== null;
  }

  /** The region as the finger has it now. */
  get region(): Region | undefined {
    return this.grab?.region;
  }

  get grip(): Grip | undefined {
    return this.grab?.grip;
  }

  begin(r: Region, grip: Grip): void {
    this.grab = { grip, before: r, region: r };
  }

  drop(): void {
    this.grab = null;
  }

  /** Follows the finger; gives the point of the screen that it holds, or null where it moves the whole. */
  pull(from: Contact, at: Contact): Point | null {
    if (!this.grab) return null;
    const { scale } = this.camera.viewport;
    const { before, grip } = this.grab;
    const free = pulled(before, grip, { x: (at.x - from.x) / scale, y: (at.y - from.y) / scale }, this.camera.picture);
    const region = sized(this.now.snaps ? this.snapped(free, grip, at.kind) : free, this.now.mmPerPx);
    this.grab = { ...this.grab, region };
    return grip.hold === "whole" ? null : this.reach.heldPoint(region, at);
  }

  /** Ends the pull. A point that was pulled onto its neighbour is gone. */
  release(kind: PointerKind): void {
    const { grab } = this;
    this.grab = null;
    if (!grab) return;
    const { grip, before, region } = grab;
    const merges = grip.hold === "point" && meetsNeighbour(region, grip.index, this.reach.snap(kind));
    const fewer = merges ? withoutPoint(before, grip.index, this.camera.picture) : undefined;
    this.write(before, fewer ?? region);
  }

  /** Moves a part of a region by d pixels of the picture, as if it stood upright: the keyboard's way to edit. */
  nudge(r: Region, grip: Grip, d: Point): void {
    if (!this.grab) this.write(r, pulled(r, grip, turnedBy(d, r.angle ?? 0), this.camera.picture));
  }

  /** Turns a rotated box by degrees, clockwise. */
  turn(r: Region, degrees: number): void {
    if (r.kind === "rotated_box" && !this.grab) this.write(r, { ...r, angle: Math.round(((r.angle ?? 0) + degrees) * 10) / 10 });
  }

  /** Takes a point of a line away; false where the line needs it. */
  removePoint(r: Region, index: number): boolean {
    const fewer = this.grab ? undefined : withoutPoint(r, index, this.camera.picture);
    if (fewer) this.write(r, fewer);
    return fewer !== undefined;
  }

  private write(before: Region, after: Region): void {
    const region = sized(after, this.now.mmPerPx);
    if (this.now.scene.isProposal(before.id)) this.edits.add({ ...region, origin: "edited" });
    else this.edits.replace(region);
  }

  private snapped(r: Region, grip: Grip, kind: PointerKind): Region {
    const { picture } = this.camera;
    const magnet = new Magnet((...a) => this.now.scene.within(...a), picture, this.reach.snap(kind), r.id);
    switch (grip.hold) {
      case "whole":
        return r.kind === "mask" ? r : moved(r, magnet.shift(areaOf(r)), picture);
      case "side":
      case "corner":
        return r.kind === "box" ? withArea(r, magnet.box(areaOf(r), sidesOf(grip)), picture) : r;
      case "point":
      case "between": {
        const index = grip.hold === "point" ? grip.index : grip.index + 1;
        return withPoints(r, pointsOf(r).map((p, i) => (i === index ? magnet.point(p) : p)), picture);
      }
      default:
        return r;
    }
  }
}
