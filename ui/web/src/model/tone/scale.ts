// A camera is calibrated by a known distance on one of its pictures, drawn with the ruler, or by a checkerboard that the gateway finds.

import { signal, type Signal } from "@preact/signals-core";
import type { Calibration } from "../../wire/api";
import { extentOf } from "../canvas/extent";
import type { Board, CameraFacts, Datum, Image, Region } from "../types";

export interface ScaleDeps {
  cameras(): Promise<CameraFacts[]>;
  calibrate(camera: string, scale: Calibration): Promise<CameraFacts>;
  board(sha256: string, square: number): Promise<Board>;
  refused(err: unknown): void;
}

export class ScaleDesk {
  readonly how: Signal<"ruler" | "checkerboard"> = signal("ruler");
  readonly known = signal(""); // what a person typed, mm: of the ruler, or of one square
  readonly datum = signal(false); // the ruler is the part's x axis, and begins at its zero
  readonly board: Signal<Board | null> = signal(null); // found on the picture
  readonly facts: Signal<CameraFacts | null> = signal(null); // of the camera on screen
  readonly state: Signal<"rest" | "finding" | "saving" | "saved" | "failed"> = signal("rest");

  constructor(private readonly deps: ScaleDeps) {}

  /** Reads what holds for the picture's camera now. */
  async open(image: Image): Promise<void> {
    this.board.value = null;
    if (this.facts.peek()?.name === image.camera) return;
    this.type("");
    try {
      this.facts.value = (await this.deps.cameras()).find((c) => c.name === image.camera) ?? null;
    } catch (err) {
      this.deps.refused(err);
    }
  }

  type(text: string): void {
    this.known.value = text;
    this.board.value = null;
    this.state.value = "rest";
  }

  choose(how: "ruler" | "checkerboard"): void {
    this.how.value = how;
    this.type("");
  }

  /** What was typed, mm; undefined while that is no length. */
  get length(): number | undefined {
    const mm = Number(this.known.value.replace(",", "."));
    return mm > 0 && Number.isFinite(mm) ? mm : undefined;
  }

  /** Millimetres of a pixel if the ruler is as long as was typed, or as the board says; undefined while neither is known. */
  mmPerPx(ruler: Region | undefined): number | undefined {
    if (this.how.value === "checkerboard") return this.board.value?.mmPerPx;
    const px = ruler ? extentOf(ruler).length : 0;
    return this.length !== undefined && px > 0 ? this.length / px : undefined;
  }

  /** Looks for a checkerboard on the picture. */
  async find(image: Image): Promise<void> {
    if (this.length === undefined || this.state.peek() === "finding") return;
    this.state.value = "finding";
    try {
      this.board.value = await this.deps.board(image.sha256, this.length);
      this.state.value = "rest";
    } catch (err) {
      this.fail(err);
    }
  }

  /** Calibrates the camera for pictures that arrive from now on. */
  async save(image: Image, ruler: Region | undefined): Promise<void> {
    const mmPerPx = this.mmPerPx(ruler);
    if (mmPerPx === undefined || this.state.peek() === "saving") return;
    this.state.value = "saving";
    try {
      this.facts.value = await this.deps.calibrate(image.camera, { mmPerPx, how: this.how.peek(), note: this.note(ruler), ...this.axis(ruler) });
      this.state.value = "saved";
    } catch (err) {
      this.fail(err);
    }
  }

  private note(ruler: Region | undefined): string {
    const board = this.board.peek();
    if (this.how.peek() === "checkerboard") return `${board?.columns} × ${board?.rows} corners, squares of ${this.known.peek()} mm`;
    return `${this.known.peek()} mm = ${ruler ? extentOf(ruler).length.toFixed(1) : 0} px`;
  }

  /** The part's datum: as the ruler lies, or as it was. */
  private axis(ruler: Region | undefined): { datum?: Datum } {
    const [a, b] = ruler?.points ?? [];
    if (this.how.peek() === "ruler" && this.datum.peek() && a && b) {
      return { datum: { x: a[0], y: a[1], angle: (Math.atan2(b[1] - a[1], b[0] - a[0]) * 180) / Math.PI } };
    }
    const was = this.facts.peek()?.scale?.datum;
    return was ? { datum: was } : {};
  }

  private fail(err: unknown): void {
    this.state.value = "failed";
    this.deps.refused(err);
  }
}
