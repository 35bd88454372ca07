import type { ImageSource, LoadState } from "../../model/stage";
import type { Ahead } from "./ahead";
import { loadPicture } from "./load";
import type { Picture } from "./picture";

/** The picture on the stage and the one that is being loaded in its place. A late answer to an earlier question is thrown away. */
export class PictureView {
  private shown: Picture | null = null;
  private abort = new AbortController();
  private asked = "";

  constructor(
    private readonly changed: () => void,
    private readonly told: (state: LoadState, progress: number) => void,
    private readonly ahead?: Ahead,
  ) {}

  get picture(): Picture | null {
    return this.shown;
  }

  /** Loads src unless it is what was asked for last. The picture of another item is taken off the stage at once. */
  load(src: ImageSource, attempt: number): void {
    const key = `${src.sha256}#${attempt}`;
    if (key === this.asked) return;
    this.asked = key;
    this.abort.abort();
    this.put(null);
    const abort = new AbortController();
    this.abort = abort;
    this.told("loading", 0);
    const live = (f: () => void): void => {
      if (!abort.signal.aborted) f();
    };
    loadPicture(src, this.ahead?.take(src) ?? [], {
      signal: abort.signal,
      show: (picture, state) => (abort.signal.aborted ? picture.close() : this.show(picture, state)),
      progress: (part) => live(() => this.told(this.shown ? "preview" : "loading", part)),
      changed: () => live(this.changed),
    }).catch(() => live(() => this.told("error", 0)));
  }

  /** Shows nothing. */
  clear(): void {
    this.abort.abort();
    this.asked = "";
    if (this.shown) this.put(null);
  }

  close(): void {
    this.abort.abort();
    this.put(null);
  }

  private show(picture: Picture, state: LoadState): void {
    this.put(picture);
    this.told(state, state === "ready" ? 1 : 0);
  }

  private put(picture: Picture | null): void {
    if (this.shown !== picture) this.shown?.close();
    this.shown = picture;
    this.changed();
  }
}
