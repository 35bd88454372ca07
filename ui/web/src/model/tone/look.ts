// How a person looks at pictures: the tone of each camera's, and which controls for that are on screen.

import { computed, type ReadonlySignal, signal, type Signal } from "@preact/signals-core";
import type { Image } from "../types";
import type { Golden } from "./golden";
import { HEIGHTS, movedEnd, PLAIN, windowOf, type Spread, type Tone } from "./tone";

export type LookPanel = "none" | "tone" | "golden";

export class Look {
  readonly panel: Signal<LookPanel> = signal("none");
  readonly spread: Signal<Spread | null> = signal(null); // of the picture on screen; null until its samples came
  readonly tone: ReadonlySignal<Tone | null>; // null: as the file is
  readonly heights: ReadonlySignal<boolean>; // the picture on screen is a height map
  readonly zero: ReadonlySignal<number>; // the count that is shown as height 0
  readonly touched: Signal<number | null> = signal(null); // the value at the place that a person pressed last on this picture
  private readonly zeros: Signal<ReadonlyMap<string, number>> = signal(new Map()); // by camera
  private readonly image: Signal<Image | null> = signal(null);
  private readonly kept: Signal<ReadonlyMap<string, Tone>> = signal(new Map()); // by camera, what a person set

  constructor(readonly golden: Golden) {
    this.heights = computed(() => (this.image.value?.mmPerCount ?? 0) > 0);
    this.zero = computed(() => this.zeros.value.get(this.image.value?.camera ?? "") ?? 0);
    this.tone = computed(() => {
      const image = this.image.value;
      if (!image) return null;
      return this.kept.value.get(image.camera) ?? (image.mmPerCount ? HEIGHTS : this.panel.value === "tone" ? PLAIN : null);
    });
  }

  /** Takes the picture that is on screen now. */
  show(image: Image): void {
    if (this.image.peek()?.sha256 === image.sha256) return;
    this.spread.value = null;
    this.touched.value = null;
    this.image.value = image;
    if (this.panel.peek() === "golden") void this.golden.show(image);
  }

  /** Opens the controls, or closes them where they are open. What a person set stays. */
  toggle(panel: Exclude<LookPanel, "none">): void {
    const image = this.image.peek();
    this.panel.value = this.panel.peek() === panel ? "none" : panel;
    if (image && this.panel.peek() === "golden") void this.golden.show(image);
    else this.golden.close();
  }

  /** Changes the tone of this camera's pictures. */
  set(change: Partial<Tone>): void {
    const image = this.image.peek();
    if (image) this.kept.value = new Map(this.kept.peek()).set(image.camera, { ...(this.tone.peek() ?? PLAIN), ...change });
  }

  /** Counts heights of this camera from the place that was pressed last; a second time, from where its file does. */
  toggleZero(): void {
    const camera = this.image.peek()?.camera ?? "";
    const touched = this.touched.peek();
    const zeros = new Map(this.zeros.peek());
    if (zeros.has(camera)) zeros.delete(camera);
    else if (touched !== null) zeros.set(camera, touched);
    this.zeros.value = zeros;
  }

  /** Moves one end of the window to a part, 0..1, of the picture's range. */
  setEnd(end: "low" | "high", part: number): void {
    const spread = this.spread.peek();
    if (!spread) return;
    const v = spread.low + part * (spread.high - spread.low);
    this.set({ window: movedEnd(windowOf(this.tone.peek() ?? PLAIN, spread), end, v, spread) });
  }

  /** Shows this camera's pictures as their files are; a height map in its colours. */
  reset(): void {
    const image = this.image.peek();
    const kept = new Map(this.kept.peek());
    if (image) kept.delete(image.camera);
    this.kept.value = kept;
  }
}
