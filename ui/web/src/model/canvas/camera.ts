import type { Area, Extent, Point } from "./geometry";
import { centred, fit, framed, held, isFit, panned, pinched, toImage, zoomAt, type Stage, type Viewport } from "./viewport";

/** What is kept of a view: the whole picture, or a magnification and the image point in the middle of the stage. */
export type Kept = { readonly whole: true } | { readonly whole: false; readonly scale: number; readonly centre: Point };

/** Views by the name that pictures of one kind share, such as a camera's. */
export type ViewMemory = Map<string, Kept>;

/** Where the picture lies on the stage, kept between pictures of one key and through changes of the stage's size. */
export class Camera {
  private v: Viewport = { scale: 1, x: 0, y: 0 };
  private image: Extent = { w: 1, h: 1 };
  private room: Stage = { w: 1, h: 1 };
  private key = "";

  constructor(
    private readonly memory: ViewMemory,
    private readonly changed: () => void,
  ) {}

  get viewport(): Viewport {
    return this.v;
  }

  get stage(): Stage {
    return this.room;
  }

  get picture(): Extent {
    return this.image;
  }

  get whole(): boolean {
    return isFit(this.v, this.image, this.room);
  }

  /** Shows a picture of this size as the last one of the same key was shown, else whole. */
  open(image: Extent, key: string): void {
    this.image = image;
    this.key = key;
    this.restore();
  }

  resize(stage: Stage): void {
    if (stage.w === this.room.w && stage.h === this.room.h && stage.foot === this.room.foot && stage.side === this.room.side) return;
    this.room = stage;
    this.restore();
  }

  pan(dx: number, dy: number): void {
    this.set(panned(this.v, dx, dy));
  }

  zoom(at: Point, factor: number): void {
    const least = fit(this.image, this.room).scale / 2;
    this.set(zoomAt(this.v, at, factor, least));
  }

  zoomMiddle(factor: number): void {
    this.zoom({ x: this.room.w / 2, y: this.room.h / 2 }, factor);
  }

  pinch(was: readonly [Point, Point], now: readonly [Point, Point]): void {
    this.set(pinched(this.v, was[0], was[1], now[0], now[1]));
  }

  showWhole(): void {
    this.set(fit(this.image, this.room));
  }

  /** The percent button: the whole picture, and from there its own size about the middle of what is shown. */
  toggle(): void {
    if (this.whole) this.set(centred(1, this.image, this.room));
    else this.showWhole();
  }

  show(area: Area): void {
    this.set(framed(area, this.image, this.room, 4));
  }

  private set(v: Viewport): void {
    this.v = held(v, this.image, this.room);
    const centre = toImage(this.v, { x: this.room.w / 2, y: this.room.h / 2 });
    this.memory.set(this.key, this.whole ? { whole: true } : { whole: false, scale: this.v.scale, centre });
    this.changed();
  }

  private restore(): void {
    const kept = this.memory.get(this.key);
    if (!kept || kept.whole) {
      this.v = fit(this.image, this.room);
    } else {
      const { scale, centre } = kept;
      this.v = held({ scale, x: this.room.w / 2 - centre.x * scale, y: this.room.h / 2 - centre.y * scale }, this.image, this.room);
    }
    this.changed();
  }
}
