// The good part beside the one that is judged: which picture it is, and how the two are shown.

import { computed, type ReadonlySignal, signal, type Signal } from "@preact/signals-core";
import type { Api } from "../../wire/api";
import { wireError } from "../../wire/errors";
import type { Point } from "../canvas/geometry";
import type { CameraFacts, Image, Row } from "../types";

export type Comparing = "side" | "blink" | "wipe";

export interface GoldenDeps {
  cameras(): Promise<CameraFacts[]>;
  good(camera: string): Promise<Row[]>; // items of the camera that people judged OK, newest first
  choose(camera: string, item: string, image: string): Promise<CameraFacts>;
  later(f: () => void, ms: number): void;
  refused(err: unknown): void;
}

/** How long a blinking picture stays, ms: slower than three changes a second, which nobody is harmed by. */
const BLINK = 700;

export class Golden {
  readonly how: Signal<Comparing> = signal("side");
  readonly edge = signal(0.5); // of the wipe: the part of the stage, from the left, that shows the good part
  readonly picture: Signal<Image | null> = signal(null);
  readonly from: Signal<CameraFacts["golden"] | "reference" | null> = signal(null); // who chose it
  readonly choices: Signal<readonly Row[] | null> = signal(null); // while a person chooses
  readonly failed = signal(false);
  readonly shift: Signal<Point | null | undefined> = signal(undefined); // how far its part was moved to lie on this one, px; null: they do not fit; undefined: not known yet
  readonly cover: ReadonlySignal<number>; // the part of the stage that the good part covers now
  readonly beside: ReadonlySignal<boolean>;
  private readonly on = signal(false);
  private readonly blinking = signal(false);
  private camera = "";
  private asked = 0;
  private beat = 0; // of the blinking that goes on

  constructor(private readonly deps: GoldenDeps) {
    this.beside = computed(() => this.on.value && this.picture.value !== null && this.how.value === "side");
    this.cover = computed(() => {
      if (!this.on.value || !this.picture.value || this.how.value === "side") return 0;
      return this.how.value === "wipe" ? this.edge.value : this.blinking.value ? 1 : 0;
    });
  }

  /** Shows the good part for a picture. */
  async show(image: Image): Promise<void> {
    const asked = ++this.asked;
    this.camera = image.camera;
    this.on.value = true;
    this.failed.value = false;
    this.shift.value = undefined;
    this.choices.value = null;
    this.compare(this.how.peek());
    try {
      const facts = (await this.deps.cameras()).find((c) => c.name === image.camera);
      if (asked !== this.asked) return;
      this.take(facts, image);
      if (!this.picture.peek()) await this.offer();
    } catch (err) {
      this.deps.refused(err);
      if (asked === this.asked) this.failed.value = true;
    }
  }

  close(): void {
    this.asked++;
    this.beat++;
    this.on.value = false;
    this.choices.value = null;
  }

  compare(how: Comparing): void {
    this.how.value = how;
    this.blink(++this.beat);
  }

  /** Lists parts that people judged OK, to choose from. */
  async offer(): Promise<void> {
    const asked = this.asked;
    try {
      const rows = await this.deps.good(this.camera);
      if (asked === this.asked) this.choices.value = rows;
    } catch (err) {
      this.deps.refused(err);
      this.failed.value = true;
    }
  }

  keep(): void {
    this.choices.value = null;
  }

  /** Makes a part the good one of this camera, for everybody. */
  async choose(row: Row): Promise<void> {
    const image = row.images?.find((i) => i.camera === this.camera);
    if (!image) return;
    try {
      this.take(await this.deps.choose(this.camera, row.id, image.sha256), image);
      this.choices.value = null;
    } catch (err) {
      this.failed.value = wireError(err).code !== "unauthorized";
      this.deps.refused(err);
    }
  }

  private take(facts: CameraFacts | undefined, shown: Image): void {
    const chosen = facts?.golden?.image;
    const own = chosen && chosen.sha256 === shown.sha256 ? undefined : chosen; // a part is not compared with itself
    this.picture.value = own ?? facts?.reference ?? (chosen ?? null);
    this.from.value = own ? facts?.golden ?? null : facts?.reference ? "reference" : facts?.golden ?? null;
  }

  private blink(beat: number): void {
    if (beat !== this.beat || this.how.peek() !== "blink") return;
    this.blinking.value = !this.blinking.peek();
    this.deps.later(() => this.blink(beat), BLINK);
  }
}

/** What knows the good part of each camera of a gateway. */
export const goldenAt = (api: Pick<Api, "cameras" | "items" | "chooseGolden">, later: GoldenDeps["later"], refused: GoldenDeps["refused"]): Golden =>
  new Golden({
    cameras: () => api.cameras(),
    good: async (camera) => (await api.items({ camera, verdict: "ok", order: "newest", limit: 12 })).items,
    choose: (camera, item, image) => api.chooseGolden(camera, item, image),
    later,
    refused,
  });
