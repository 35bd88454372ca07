import { Editor } from "../../model/canvas/editor";
import type { Camera } from "../../model/canvas/camera";
import { randomID } from "../../model/canvas/edits";
import type { Extent } from "../../model/canvas/geometry";
import type { Viewport } from "../../model/canvas/viewport";
import type { ImageSource, Looks } from "../../model/stage";
import { Aligner, type Subject } from "./aligner";
import type { Ink } from "./ink";
import { Layer, watchSize } from "./layer";
import { PictureView } from "./pictureview";
import { Toning } from "./toning";

/** The good part's picture: in the place of the picture on the stage, or on a pane of its own with the same zoom. */
export class GoldenView {
  private readonly pictures: PictureView;
  private readonly toning: Toning;
  private readonly aligner: Aligner;
  private src: ImageSource | null = null;
  private looks: Looks | undefined;
  private ready = false;
  private pane: Layer | null = null;
  private room: Extent = { w: 0, h: 0 };

  constructor(
    private readonly camera: Camera,
    private readonly part: () => Subject | null, // the picture on the stage, once it is there
    private readonly changed: () => void,
  ) {
    this.pictures = new PictureView(changed, (state) => {
      this.ready = state === "ready";
      changed();
    });
    this.aligner = new Aligner((shift) => {
      this.looks?.aligned(shift);
      changed();
    });
    this.toning = new Toning(() => this.pictures.picture, changed);
  }

  /** Takes the good part, or null, and the tone that both pictures have. */
  set(looks: Looks | undefined): void {
    const src = looks?.golden ?? null;
    this.src = src;
    this.looks = looks;
    if (!src) {
      this.aligner.forget();
      return this.pictures.clear();
    }
    this.pictures.load(src, 0);
    this.toning.set(src, looks?.tone.peek() ?? null, looks && { ...looks, learnt: () => undefined });
    this.changed();
  }

  /** Draws the good part over the left of the stage, up to a part of its width. */
  cover(g: CanvasRenderingContext2D, part: number, dpr: number, ink: Ink): void {
    if (part <= 0 || !this.src) return;
    const { stage } = this.camera;
    const edge = Math.round(stage.w * part);
    g.save();
    g.beginPath();
    g.rect(0, 0, edge, stage.h);
    g.clip();
    this.fill(g, stage, dpr, ink);
    g.restore();
    if (part < 1) line(g, edge, stage.h, ink);
  }

  /** Draws the pane, where there is one. */
  draw(ink: Ink): void {
    if (this.pane) this.fill(this.pane.begin(), this.room, this.pane.density, ink);
  }

  /** Takes a pane; the editor that is given moves the picture there and makes no regions. The function given back ends it. */
  open(host: HTMLElement, canvas: HTMLCanvasElement): { readonly editor: Editor; close(): void } {
    const layer = new Layer(canvas, true);
    this.pane = layer;
    const stop = watchSize(host, (size, dpr) => {
      this.room = size;
      layer.resize(size, dpr);
      this.changed();
    });
    const hand = { regions: { value: [] }, selected: { value: null }, tool: { value: "pan" as const }, newID: randomID, commit: () => undefined, invalidate: () => undefined };
    return {
      editor: new Editor(this.camera, hand),
      close: () => {
        stop();
        this.pane = null;
      },
    };
  }

  close(): void {
    this.pictures.close();
    this.toning.close();
    this.aligner.close();
  }

  private fill(g: CanvasRenderingContext2D, room: Extent, dpr: number, ink: Ink): void {
    g.fillStyle = ink.colour("--stage");
    g.fillRect(0, 0, room.w, room.h);
    this.align();
    if (this.src && this.pictures.picture) this.toning.draw(g, this.viewport(this.src), room, dpr);
  }

  private align(): void {
    const part = this.part();
    const { picture } = this.pictures;
    if (part && picture && this.src && this.ready) this.aligner.look(part, { sha256: this.src.sha256, picture, extent: { w: this.src.width, h: this.src.height } });
  }

  /** The same place of the part, also where the good picture has another resolution or its part lay a little differently. */
  private viewport(src: ImageSource): Viewport {
    const { viewport: v, picture } = this.camera;
    const { x, y } = this.aligner.shift;
    return { x: v.x + x * v.scale, y: v.y + y * v.scale, scale: (v.scale * picture.w) / src.width };
  }
}

function line(g: CanvasRenderingContext2D, x: number, h: number, ink: Ink): void {
  for (const [width, token] of [[5, "--mark-casing"], [2, "--mark-person"]] as const) {
    g.fillStyle = ink.colour(token);
    g.fillRect(x - width / 2, 0, width, h);
  }
}
