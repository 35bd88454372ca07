// A camera is calibrated by a known distance on one of its pictures, drawn with the ruler.

import { signal, type Signal } from "@preact/signals-core";
import { extentOf } from "../canvas/extent";
import type { CameraFacts, Image, Region } from "../types";

export interface ScaleDeps {
  cameras(): Promise<CameraFacts[]>;
  calibrate(camera: string, scale: { mmPerPx: number; how: "ruler"; note: string }): Promise<CameraFacts>;
  refused(err: unknown): void;
}

export class ScaleDesk {
  readonly known = signal(""); // what a person typed, mm
  readonly facts: Signal<CameraFacts | null> = signal(null); // of the camera on screen
  readonly state: Signal<"rest" | "saving" | "saved" | "failed"> = signal("rest");

  constructor(private readonly deps: ScaleDeps) {}

  /** Reads what holds for the picture's camera now. */
  async open(image: Image): Promise<void> {
    if (this.facts.peek()?.name === image.camera) return;
    this.state.value = "rest";
    this.known.value = "";
    try {
      this.facts.value = (await this.deps.cameras()).find((c) => c.name === image.camera) ?? null;
    } catch (err) {
      this.deps.refused(err);
    }
  }

  type(text: string): void {
    this.known.value = text;
    this.state.value = "rest";
  }

  /** Millimetres of a pixel if the ruler is as long as was typed; undefined while that is no length. */
  mmPerPx(ruler: Region): number | undefined {
    const mm = Number(this.known.value.replace(",", "."));
    const { length } = extentOf(ruler);
    return mm > 0 && Number.isFinite(mm) && length > 0 ? mm / length : undefined;
  }

  /** Calibrates the camera for pictures that arrive from now on. */
  async save(image: Image, ruler: Region): Promise<void> {
    const mmPerPx = this.mmPerPx(ruler);
    if (mmPerPx === undefined || this.state.peek() === "saving") return;
    this.state.value = "saving";
    try {
      const note = `${this.known.peek()} mm = ${extentOf(ruler).length.toFixed(1)} px`;
      this.facts.value = await this.deps.calibrate(image.camera, { mmPerPx, how: "ruler", note });
      this.state.value = "saved";
    } catch (err) {
      this.state.value = "failed";
      this.deps.refused(err);
    }
  }
}
