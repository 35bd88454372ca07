import type { Extent, Point } from "../../model/canvas/geometry";
import type { PointerKind } from "../../model/canvas/gesture";
import type { Viewport } from "../../model/canvas/viewport";
import type { ImageSource, Looks } from "../../model/stage";
import type { Tone } from "../../model/tone/tone";
import { Asker } from "./asker";
import type { Picture } from "./picture";
import { TonedPicture, type Reading } from "./toned";

/** The picture as it is looked at: as its file is, or in a tone over it once that is there. */
export class Toning implements Picture {
  private readonly worker = new Asker();
  private toned: TonedPicture | null = null;
  private src: ImageSource | null = null;
  private place: { readonly at: Point; readonly kind: PointerKind } | null = null;

  constructor(
    private readonly plain: () => Picture | null,
    private readonly changed: () => void,
  ) {}

  /** Takes the picture on the stage and the tone that it is to have. */
  set(src: ImageSource, tone: Tone | null, looks: Looks | undefined): void {
    if (this.src?.sha256 !== src.sha256 || !tone) this.drop();
    this.src = src;
    if (!tone || !looks) return;
    if (this.toned) this.toned.setTone(tone);
    else this.toned = new TonedPicture(src, tone, this.worker, this.changed, (s) => looks.learnt(s));
  }

  /** Where a pointer is, in px of the picture. A mouse that left reads nothing; what a finger touched last stays read. */
  point(at: Point | null, kind: PointerKind): boolean {
    if (!at && this.place?.kind !== "mouse") return false;
    this.place = at && { at, kind };
    return this.toned !== null;
  }

  get reading(): Reading | undefined {
    return this.place ? this.toned?.read(this.place.at) : undefined;
  }

  /** The place that is read, where a finger covers or has left it. */
  get mark(): Point | null {
    return this.toned && this.place && this.place.kind !== "mouse" ? this.place.at : null;
  }

  draw(g: CanvasRenderingContext2D, v: Viewport, stage: Extent, dpr: number): void {
    if (!this.toned?.covers) this.plain()?.draw(g, v, stage, dpr);
    this.toned?.draw(g, v, stage, dpr);
  }

  close(): void {
    this.drop();
    this.worker.close();
  }

  private drop(): void {
    if (!this.toned && !this.place) return;
    this.toned?.close();
    this.toned = null;
    this.place = null;
    this.changed();
  }
}
