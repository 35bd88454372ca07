import type { Extent, Point } from "../../model/canvas/geometry";
import { Asker } from "./asker";
import type { Picture } from "./picture";
import { patchOf } from "./pixels";

/** Longest side of the copies that are laid on one another, px. */
const SIDE = 768;

export interface Subject {
  readonly sha256: string;
  readonly picture: Picture;
  readonly extent: Extent;
}

/** Finds how far the good part lies off on its picture, once both pictures are there. The question goes to a worker. */
export class Aligner {
  private readonly worker = new Asker();
  private asked = "";
  private found: Point | null = null;

  /** told gets the shift in px of the part's picture, or null where the two do not fit. */
  constructor(private readonly told: (shift: Point | null) => void) {}

  /** How far the good part is moved, px of the part's picture. */
  get shift(): Point {
    return this.found ?? { x: 0, y: 0 };
  }

  /** Compares two pictures that were not compared just before. */
  look(part: Subject, good: Subject): void {
    const key = `${part.sha256}/${good.sha256}`;
    if (key === this.asked) return;
    this.asked = key;
    this.found = null;
    void this.compare(part, good, key);
  }

  forget(): void {
    this.asked = "";
    this.found = null;
  }

  close(): void {
    this.forget();
    this.worker.close();
  }

  private async compare(part: Subject, good: Subject, key: string): Promise<void> {
    const [a, b] = [part, good].map(({ picture, extent }) => patchOf(picture, extent, { x: 0, y: 0, ...extent }, SIDE));
    if (!a || !b) return;
    const bytes = await this.worker.ask({ ask: "align", a: a.grey, b: b.grey }, [a.grey.px.buffer as ArrayBuffer, b.grey.px.buffer as ArrayBuffer]);
    if (key !== this.asked) return;
    const [dx, dy] = bytes ? new Float32Array(bytes.buffer as ArrayBuffer) : [];
    const k = part.extent.w / a.grey.w;
    this.found = dx === undefined || dy === undefined ? null : { x: dx * k, y: dy * k };
    this.told(this.found);
  }
}
