import type { ImageSource } from "../../model/stage";
import { fetchBitmap } from "./load";
import { halvesOf } from "./picture";

/** Pixels of a picture that is decoded ahead, at most. It takes five bytes for each, beside those of the picture on the stage. */
const LARGEST = 8e6;

/** The picture that is likely to be shown next, decoded while somebody looks at the one before: decoding takes longer than a step may. */
export class Ahead {
  private sha256 = "";
  private abort = new AbortController();
  private bitmaps: ImageBitmap[] = []; // none until all are there

  /** Decodes a picture in the place of what was expected before. */
  expect(src: ImageSource | undefined): void {
    if (!src || src.sha256 === this.sha256 || src.tiled || src.width * src.height > LARGEST) return;
    this.close();
    this.sha256 = src.sha256;
    const abort = new AbortController();
    this.abort = abort;
    decoded(src, abort.signal).then(
      (all) => (abort.signal.aborted ? release(all) : (this.bitmaps = all)),
      () => abort.signal.aborted || this.close(), // it is asked for again when it is shown
    );
  }

  /** The picture and halves of it, which the caller closes; none while it is not there as a whole. */
  take(src: ImageSource): ImageBitmap[] {
    if (src.sha256 !== this.sha256) return [];
    const all = this.bitmaps;
    this.bitmaps = [];
    this.close();
    return all;
  }

  close(): void {
    this.abort.abort();
    this.sha256 = "";
    release(this.bitmaps);
    this.bitmaps = [];
  }
}

async function decoded(src: ImageSource, signal: AbortSignal): Promise<ImageBitmap[]> {
  const whole = await fetchBitmap(src.original, signal);
  const all = [whole];
  for await (const half of halvesOf(whole)) all.push(half);
  return all;
}

const release = (all: readonly ImageBitmap[]): void => all.forEach((b) => b.close());
