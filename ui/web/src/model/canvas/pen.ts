import type { Region } from "../types";
import type { Tool } from "../stage";
import { tracePath, type WireMap } from "../assist/trace";
import type { Assistant } from "./assistant";
import type { Camera } from "./camera";
import type { Edits } from "./edits";
import { sized } from "./extent";
import { clamp, distance, type Point } from "./geometry";
import type { PointerKind } from "./gesture";
import { OVERLAY, type Level } from "./invalidate";
import { maskRegion, regionOf, type Belonging, type Shaped } from "./made";
import { maskOf, painted, type Mask } from "./mask";
import { Magnet } from "./magnet";
import type { Reach } from "./reach";
import type { Scene } from "./scene";
import { draw, NO_SKETCH, type Made, type Sketch, type Stroke } from "./sketch";

export interface PenPorts {
  readonly tool: { readonly value: Tool };
  readonly assistant?: Assistant;
  invalidate(level: Level): void;
}

/** The picture that is drawn on. */
export interface Ground {
  readonly image: string; // sha256
  readonly mmPerPx: number; // 0 where the camera is not calibrated
  readonly scene: Scene;
  readonly snaps: boolean;
}

/** Radius of the brush at least and at most, px of the picture. */
const THINNEST = 0.5;
const THICKEST = 400;

/** Tools whose places the magnet holds; the others follow the picture or paint. */
const SNAPS: ReadonlySet<Tool> = new Set<Tool>(["box", "rotated_box", "polygon", "polyline", "measure"]);

/** Draws with the tool that is on: strokes in, regions out, through the assistant where a tool asks the picture. */
export class Pen {
  sketch: Sketch = NO_SKETCH;
  asking = false; // the assistant is looking at the picture
  private grown: string | null = null; // the box that further taps stretch
  private wire: WireMap | undefined;
  private chosen = 0; // radius of the brush, px of the picture; 0: a fingertip's
  private question = 0; // answers to older questions are thrown away

  constructor(
    private readonly edits: Edits,
    private readonly reach: Reach,
    private readonly camera: Camera,
    private readonly ground: Ground,
    private readonly ports: PenPorts,
  ) {}

  /** Radius of the brush in pixels of the picture. */
  get radius(): number {
    return clamp(this.chosen || this.reach.fingertip, THINNEST, THICKEST);
  }

  setRadius(radius: number): void {
    this.chosen = clamp(radius, THINNEST, THICKEST);
    this.ports.invalidate(OVERLAY);
  }

  /** Two fingers zoom and move the picture; with a brush they set its size and move the picture. */
  pinch(was: readonly [Point, Point], now: readonly [Point, Point]): void {
    if (!this.brushes) return this.camera.pinch(was, now);
    this.setRadius((this.radius * distance(...now)) / Math.max(1, distance(...was)));
    this.camera.pan((now[0].x + now[1].x - was[0].x - was[1].x) / 2, (now[0].y + now[1].y - was[0].y - was[1].y) / 2);
  }

  get brushes(): boolean {
    return this.ports.tool.value === "brush" || this.ports.tool.value === "erase";
  }

  /** Begins on another picture. */
  open(): void {
    this.chosen = 0;
    this.drop();
  }

  drop(): void {
    this.sketch = NO_SKETCH;
    this.grown = null;
    this.wire = undefined;
    this.asking = false;
    this.question++;
  }

  stroke(s: Stroke, kind: PointerKind): void {
    const tool = this.ports.tool.value;
    if (tool === "pan") return;
    const was = this.sketch;
    const along = (from: Point, p: Point): readonly Point[] => (this.wire ? tracePath(this.wire, from, p) : []);
    const { sketch, made } = draw(tool, was, this.held(tool, s, kind), { ...this.reach.fineness(kind), along });
    this.sketch = sketch;
    if (made) this.make(made);
    else if (sketch.as !== "boxtaps" || !sketch.made) this.grown = null;
    if (sketch !== was) this.ports.invalidate(OVERLAY);
    if (sketch.as === "wire" && was !== sketch) this.followWire(was, sketch);
  }

  /** The stroke with its places where the magnet holds them. */
  private held(tool: Tool, s: Stroke, kind: PointerKind): Stroke {
    if (!this.ground.snaps || !SNAPS.has(tool) || !("at" in s)) return s;
    const magnet = new Magnet((...a) => this.ground.scene.within(...a), this.camera.picture, this.reach.snap(kind));
    if (tool === "box") return "from" in s ? { ...s, from: magnet.corner(s.from, s.at), at: magnet.corner(s.at, s.from) } : { ...s, at: magnet.corner(s.at, s.at) };
    return "from" in s ? { ...s, from: magnet.point(s.from), at: magnet.point(s.at) } : { ...s, at: magnet.point(s.at) };
  }

  private make(made: Made): void {
    switch (made.shape) {
      case "paint":
        return this.paint(made.points, made.erases);
      case "cutout":
        return this.ask((a) => a.cutOut(made.area));
      case "grow":
        return this.ask((a) => a.grow(made.at));
      default:
        return this.shape(made);
    }
  }

  private shape(made: Shaped): void {
    const old = made.shape === "box" && made.grows ? this.edits.find(this.grown) : undefined;
    const r = sized(regionOf(made, old, this.belonging()), this.ground.mmPerPx);
    if (old) this.edits.replace(r);
    else this.edits.add(r);
    this.grown = this.sketch.as === "boxtaps" ? this.edits.selected : null;
  }

  /** Paints on the selected mask, or begins one; the eraser works on the selected mask alone. */
  private paint(points: readonly Point[], erases: boolean): void {
    const r = this.edits.find(this.edits.selected);
    const old = maskOf(r);
    if (erases && !old) return;
    const mask = painted(old, { points, radius: this.radius, erases }, this.camera.picture);
    if (r && old) this.repaint(r, mask);
    else if (mask) this.add(mask);
  }

  private repaint(r: Region, mask: Mask | undefined): void {
    if (mask) this.edits.replace(sized({ ...r, ...mask }, this.ground.mmPerPx));
    else this.edits.remove(r.id);
  }

  private add(mask: Mask): void {
    this.edits.add(sized(maskRegion(mask, this.belonging()), this.ground.mmPerPx));
  }

  private belonging(): Belonging {
    return { id: this.edits.newID(), image: this.ground.image, extent: this.camera.picture };
  }

  private ask(question: (a: Assistant) => Promise<Mask | undefined>): void {
    const { assistant } = this.ports;
    if (!assistant) return;
    const asked = ++this.question;
    this.asking = true;
    void question(assistant)
      .catch(() => undefined) // no answer is an answer: the person draws by hand
      .then((mask) => {
        if (asked !== this.question) return;
        this.asking = false;
        if (mask) this.add(mask);
        this.ports.invalidate(OVERLAY);
      });
  }

  /** After a new knot the ways are looked for from there; until they are known the line is straight. */
  private followWire(was: Sketch, now: Extract<Sketch, { as: "wire" }>): void {
    const last = now.points.at(-1);
    if (!last || (was.as === "wire" && was.points.length === now.points.length)) return;
    this.wire = undefined;
    const asked = ++this.question;
    void this.ports.assistant?.wire(last).then(
      (map) => {
        if (asked === this.question) this.wire = map;
      },
      () => undefined, // straight stretches then
    );
  }
}
