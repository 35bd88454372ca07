import type { ImageStageProps, LoadState } from "../../model/stage";
import { Camera, type ViewMemory } from "../../model/canvas/camera";
import type { Clip } from "../../model/canvas/clip";
import { Editor } from "../../model/canvas/editor";
import { randomID } from "../../model/canvas/edits";
import type { Extent, Point } from "../../model/canvas/geometry";
import type { Stage } from "../../model/canvas/viewport";
import type { PointerKind } from "../../model/canvas/gesture";
import { CLOSE_UP, EVERYTHING, FURNITURE, OVERLAY, PICTURE, VECTORS, type Level } from "../../model/canvas/invalidate";
import type { Ahead } from "./ahead";
import { PixelAssistant } from "./assistant";
import { CloseUp } from "./closeup";
import { Frames } from "./frames";
import { furnitureOf, type Furniture } from "./furniture";
import { readInk, watchInk, type Ink } from "./ink";
import { Layer, watchSize } from "./layer";
import { MaskCache } from "./masks";
import { drawMark, drawOverlay } from "./overlay";
import type { Picture } from "./picture";
import type { Subject } from "./aligner";
import { GoldenView } from "./goldenview";
import { snapshotOf } from "./snapshot";
import { Toning } from "./toning";
import { PictureView } from "./pictureview";
import { VectorSheet, type VectorContext } from "./vectors";

export type Props = ImageStageProps<HTMLCanvasElement>;

export interface StageParts {
  readonly host: HTMLElement;
  readonly picture: HTMLCanvasElement;
  readonly vectors: HTMLCanvasElement;
  readonly overlay: HTMLCanvasElement;
}

const NOBODY: ReadonlySet<string> = new Set();

/** A stage with the room that its keys take, at the side of a broad one as foot.css has them: their 10 mm, and the air around them. */
const keyed = (size: Extent, mm: number): Stage => ({ ...size, [size.w >= size.h ? "side" : "foot"]: Math.round(10 * mm) + 20 });

/** Draws one picture and its regions on three canvases, at most once a frame. */
export class StageView {
  readonly editor: Editor;
  readonly golden: GoldenView;
  private readonly camera: Camera;
  private readonly frames = new Frames((level) => this.draw(level));
  private readonly layers: { readonly picture: Layer; readonly vectors: Layer; readonly overlay: Layer };
  private readonly masks = new MaskCache();
  private readonly sheet: VectorSheet;
  private readonly pictures: PictureView;
  private readonly toning = new Toning(() => this.pictures.picture, () => this.frames.invalidate(PICTURE | OVERLAY | CLOSE_UP | FURNITURE));
  private readonly assistant: PixelAssistant;
  private readonly closeUp = new CloseUp(() => this.ink.colour("--stage"));
  private readonly stops: (() => void)[] = [];
  private ink: Ink;
  private state: LoadState = "loading";
  private progress = 0;

  constructor(
    private readonly parts: StageParts,
    private props: Props,
    views: ViewMemory,
    private readonly clip: Clip,
    private readonly furnish: (f: Furniture) => void,
    private readonly ahead?: Ahead,
  ) {
    this.ink = readInk(parts.host);
    this.layers = { picture: new Layer(parts.picture, true), vectors: new Layer(parts.vectors), overlay: new Layer(parts.overlay) };
    this.sheet = new VectorSheet(this.layers.vectors, this.masks);
    this.camera = new Camera(views, () => this.frames.invalidate(PICTURE | VECTORS | OVERLAY | FURNITURE));
    this.assistant = new PixelAssistant(() => this.sharp(), this.camera);
    this.editor = new Editor(this.camera, this.ports());
    this.golden = new GoldenView(this.camera, () => this.subject(), () => this.frames.invalidate(PICTURE));
    this.pictures = new PictureView(() => this.frames.invalidate(PICTURE | OVERLAY | CLOSE_UP), (s, p) => this.told(s, p), ahead);
    this.stops.push(watchInk(() => this.readInk()), watchSize(parts.host, (size, dpr) => this.resize(size, dpr)));
    this.readInk();
    this.open();
  }

  /** Takes new props: another picture, other proposals, another verdict or language. */
  update(props: Props): void {
    if (props === this.props) return;
    const isOther = props.image.sha256 !== this.props.image.sha256 || props.viewportKey !== this.props.viewportKey;
    this.props = props;
    if (isOther) this.open();
    else this.pictures.load(props.src, props.attempt ?? 0);
    this.setTone();
    this.frames.invalidate(VECTORS | OVERLAY | FURNITURE | CLOSE_UP);
  }

  setTone(): void {
    const { src, looks } = this.props;
    this.toning.set(src, looks?.tone.peek() ?? null, looks);
    this.golden.set(looks);
  }

  setScene(): void {
    this.editor.setScene(this.props.regions.value, this.props.proposals);
  }

  /** What is on the stage, as a picture. */
  snapshot(): HTMLCanvasElement {
    const { picture, vectors, overlay } = this.layers;
    return snapshotOf([picture, vectors, overlay], this.furniture().bar, this.ink.font);
  }

  invalidate(level: Level): void {
    this.frames.invalidate(level);
  }

  close(): void {
    for (const stop of this.stops) stop();
    this.frames.stop();
    this.pictures.close();
    this.toning.close();
    this.golden.close();
    this.assistant.close();
  }

  /** The picture, once it is more than a preview. */
  private sharp(): Picture | null {
    return this.state === "ready" ? this.pictures.picture : null;
  }

  private subject(): Subject | null {
    const picture = this.sharp();
    return picture && { sha256: this.props.image.sha256, picture, extent: this.camera.picture };
  }

  private ports(): ConstructorParameters<typeof Editor>[1] {
    const now = (): Props => this.props;
    return {
      get regions() { return now().regions; },
      get selected() { return now().selected; },
      get tool() { return now().tool; },
      get snap() { return now().snap; },
      clip: this.clip,
      assistant: this.assistant,
      newID: randomID,
      commit: (regions) => now().onCommit(regions),
      invalidate: (level) => this.frames.invalidate(level | FURNITURE),
      pointed: (at, kind, pressed) => this.pointed(at, kind, pressed),
    };
  }

  private pointed(at: Point | null, kind: PointerKind, pressed: boolean): void {
    if (!this.toning.point(at, kind)) return;
    const { reading } = this.toning;
    if (pressed && reading) this.props.looks?.touched(reading.value);
    this.frames.invalidate(FURNITURE | OVERLAY);
  }

  private open(): void {
    const { image, viewportKey, src, attempt } = this.props;
    this.editor.open(image.sha256, image.mmPerPx ?? 0, viewportKey);
    this.camera.open({ w: image.width, h: image.height }, viewportKey);
    this.setScene();
    this.pictures.load(src, attempt ?? 0);
    this.setTone();
  }

  private readInk(): void {
    this.ink = readInk(this.parts.host);
    this.editor.setMillimetre(this.ink.mm);
    this.frames.invalidate(EVERYTHING);
  }

  private resize(size: { w: number; h: number }, dpr: number): void {
    if (size.w === 0 || size.h === 0) return;
    const { picture, vectors, overlay } = this.layers;
    for (const layer of [picture, vectors, overlay]) layer.resize(size, dpr);
    this.camera.resize(keyed(size, this.ink.mm));
    this.frames.invalidate(EVERYTHING);
  }

  private told(state: LoadState, progress: number): void {
    const isNews = state !== this.state;
    this.state = state;
    this.progress = progress;
    this.frames.invalidate(FURNITURE);
    if (isNews && state === "ready") this.ahead?.expect(this.props.next?.());
    if (isNews) this.props.onLoad?.(state);
  }

  private draw(level: Level): void {
    const { picture, overlay } = this.layers;
    const shown = this.pictures.picture && this.toning;
    const ctx = this.context();
    if (level & PICTURE) {
      const g = picture.begin();
      g.fillStyle = this.ink.colour("--stage");
      g.fillRect(0, 0, this.camera.stage.w, this.camera.stage.h);
      shown?.draw(g, this.camera.viewport, this.camera.stage, picture.density);
      this.golden.cover(g, this.props.looks?.cover.peek() ?? 0, picture.density, this.ink);
      this.golden.draw(this.ink);
    }
    if (level & VECTORS) this.sheet.draw(this.editor, ctx, this.ink);
    if (level & OVERLAY) {
      drawOverlay(overlay.begin(), this.editor, shown, this.masks, ctx, this.ink, overlay.density);
      drawMark(overlay.g, this.toning.mark, this.editor, this.ink);
    }
    if (level & FURNITURE) this.furnish(this.furniture());
    if (level & CLOSE_UP && shown && this.props.onCloseUp) {
      const canvas = this.closeUp.draw(this.editor, shown, this.ink.mm, picture.density);
      if (canvas) this.props.onCloseUp(canvas);
    }
  }

  private furniture(): Furniture {
    return furnitureOf(this.editor, this.props, this.state, this.progress, this.toning.reading);
  }

  private context(): VectorContext {
    const { image, confirmed, rejected, numbers, strings, classOf } = this.props;
    return { mmPerPx: image.mmPerPx ?? 0, confirmed, rejected: rejected ?? NOBODY, numbers, strings, classOf };
  }
}
