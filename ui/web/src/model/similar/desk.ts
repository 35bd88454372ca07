// One label becomes many after one look: places like the labelled one, each accepted or not, and one step back.
//
//   labelled item ─▶ its region ─▶ places alike ─▶ accepted by a person ─▶ propagated ─▶ (taken back)

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { randomId } from "../../lib/id";
import type { SeriesQuery } from "../../wire/api";
import { type Code, wireError } from "../../wire/errors";
import type { Alike, Found, Likeness, PlaceAlike, Spreading } from "../../wire/similar";
import { draw } from "../sparks";
import type { Image, Label, Rect, Region, Row, SeriesBlock } from "../types";

export type { Alike } from "../../wire/similar";

/** What the gateway has. */
export interface ItemsWire {
  item(id: string): Promise<{ item: Row; labels: Label[] }>;
  series(q: SeriesQuery): Promise<SeriesBlock>;
}

/** What it finds in it. */
export interface PlacesWire {
  find(q: Likeness): Promise<Found>;
  spread(item: string, rev: number, places: readonly PlaceAlike[], key: string): Promise<Spreading>;
  takeBack(id: string): Promise<Spreading>;
}

export interface SimilarPorts { items: ItemsWire; places: PlacesWire; refused(err: unknown): void }

/** One place on screen. */
export interface Tile {
  readonly key: string;
  readonly alike: Alike;
  readonly judged: boolean; // somebody said already what it is
  readonly accepted: boolean;
}

/** What is drawn of a place: a path in a box of 100 × 60, where in it the stretch begins and ends in percent; or a picture of such a size. */
export type Look = { readonly path: string; readonly from: number; readonly to: number } | { readonly image: Image } | undefined;

const BESIDE = 0.4; // of a stretch's length that is shown before and after it
const POINTS = 160;

export class SimilarDesk {
  readonly source = signal<{ readonly row: Row; readonly label: Label; readonly region: Region | undefined } | null>(null);
  readonly found = signal<Found | null>(null);
  readonly busy = signal(false);
  readonly trouble = signal<Code | "nothing" | null>(null); // nothing: the item says nothing that could be looked for
  readonly done = signal<Spreading | null>(null);
  readonly tiles: ReadonlySignal<Tile[]>;
  readonly accepted: ReadonlySignal<Tile[]>;
  private readonly chosen = signal<ReadonlySet<string>>(new Set());
  private readonly looks = new Map<string, Promise<Look>>();
  private round = 0;
  private key = "";

  constructor(private readonly ports: SimilarPorts) {
    this.tiles = computed(() => (this.found.value?.places ?? []).map((alike) => tileOf(alike, this.chosen.value)));
    this.accepted = computed(() => this.tiles.value.filter((t) => t.accepted));
  }

  /** Looks for places like what the newest label of an item marks. */
  async open(item: string): Promise<void> {
    const mine = ++this.round;
    this.clear();
    try {
      const { item: row, labels } = await this.ports.items.item(item);
      const label = labels.at(-1);
      const region = label?.regions?.find((r) => r.kind === "interval" || rectOf(r));
      const question = label && questionOf(row, region);
      if (mine !== this.round) return;
      if (!label || !question) return this.fail("nothing");
      this.source.value = { row, label, region };
      const found = await this.ports.places.find(question);
      if (mine !== this.round) return;
      batch(() => {
        this.found.value = { ...found, places: found.places.filter((p) => p.item !== row.id) };
        this.busy.value = false;
      });
    } catch (err) {
      if (mine !== this.round) return;
      this.fail(wireError(err).code);
      this.ports.refused(err);
    }
  }

  /** Accepts a place, or not any more. What somebody judged already is left as it is. */
  toggle(tile: Tile): void {
    if (tile.judged || this.done.peek()) return;
    const next = new Set(this.chosen.peek());
    if (!next.delete(tile.key)) next.add(tile.key);
    this.choose(next);
  }

  all(accepted: boolean): void {
    this.choose(new Set(accepted ? this.tiles.peek().filter((t) => !t.judged).map((t) => t.key) : []));
  }

  /** Gives the label to all that is accepted. Asking again after a lost answer does it no second time. */
  async spread(): Promise<void> {
    const source = this.source.peek();
    const places = this.accepted.peek().map(({ alike }) => placeOf(alike));
    if (!source || places.length === 0) return;
    await this.change(() => this.ports.places.spread(source.row.id, source.label.rev, places, this.key));
  }

  async takeBack(): Promise<void> {
    const done = this.done.peek();
    if (done) await this.change(() => this.ports.places.takeBack(done.id));
  }

  /** What to draw of a place; undefined where it does not come. */
  look(alike: Alike): Promise<Look> {
    const key = keyOf(alike);
    const known = this.looks.get(key);
    if (known) return known;
    const look = this.lookUp(alike).catch(() => undefined);
    this.looks.set(key, look);
    return look;
  }

  private async change(act: () => Promise<Spreading>): Promise<void> {
    if (this.busy.peek()) return;
    this.busy.value = true;
    try {
      const done = await act();
      this.trouble.value = null;
      this.done.value = done;
      if (done.undone) this.key = randomId();
    } catch (err) {
      this.trouble.value = wireError(err).code;
      this.ports.refused(err);
    } finally {
      this.busy.value = false;
    }
  }

  private async lookUp(alike: Alike): Promise<Look> {
    const { tags, from = 0, to = 0, item, image } = alike;
    if (!tags?.length) return item ? imageOf((await this.ports.items.item(item)).item, image) : undefined;
    const beside = (to - from) * BESIDE;
    const block = await this.ports.items.series({ tags: tags.slice(0, 1), from: from - beside, to: to + beside, n: POINTS });
    const whole = 1 + 2 * BESIDE;
    return { path: draw(block.traces[0], block.to), from: (BESIDE / whole) * 100, to: ((1 + BESIDE) / whole) * 100 };
  }

  private choose(keys: ReadonlySet<string>): void {
    this.key = randomId(); // other places are another request
    this.chosen.value = keys;
    if (this.done.peek()?.undone) this.done.value = null;
  }

  private clear(): void {
    batch(() => {
      this.source.value = null;
      this.found.value = null;
      this.done.value = null;
      this.trouble.value = null;
      this.busy.value = true;
      this.chosen.value = new Set();
    });
    this.looks.clear();
  }

  private fail(why: Code | "nothing"): void {
    this.trouble.value = why;
    this.busy.value = false;
  }
}

const tileOf = (alike: Alike, chosen: ReadonlySet<string>): Tile => {
  const judged = alike.verdict !== "undefined";
  const key = keyOf(alike);
  return { key, alike, judged, accepted: !judged && chosen.has(key) };
};

const keyOf = (p: PlaceAlike): string => [p.item ?? "", p.image ?? "", p.rect ? `${p.rect.x},${p.rect.y}` : "", p.from ?? 0, p.to ?? 0].join("/");

const placeOf = ({ item, image, rect, tags, from, to }: Alike): PlaceAlike => ({ ...(item ? { item } : {}), ...(image ? { image } : {}), ...(rect ? { rect } : {}), ...(tags ? { tags } : {}), ...(from ? { from } : {}), ...(to ? { to } : {}) });

const imageOf = (row: Row, sha: string | undefined): Look => {
  const image = row.images?.find((i) => i.sha256 === sha) ?? row.images?.[0];
  return image && { image };
};

const leastSide = 8; // px: a line that runs straight across has no height of its own

/** The part of the picture that a region covers; undefined for a stretch of signals and for a single point. */
const rectOf = ({ rect, points = [] }: Region): Rect | undefined => {
  if (rect) return { ...rect, w: rect.w || leastSide, h: rect.h || leastSide };
  if (points.length < 2) return undefined;
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const x = Math.min(...xs), y = Math.min(...ys);
  return { x, y, w: Math.max(...xs) - x || leastSide, h: Math.max(...ys) - y || leastSide };
};

/** What a label marks, as a question; without a region the whole picture, or the whole window. */
export function questionOf(row: Row, region: Region | undefined): Likeness | undefined {
  if (region?.kind === "interval" && region.tags?.length && region.from && region.to) return { item: row.id, tags: region.tags, from: region.from, to: region.to };
  const image = region?.image ?? row.images?.[0]?.sha256, rect = region && rectOf(region);
  if (image && (rect || !row.window)) return { item: row.id, image, ...(rect ? { rect } : {}) };
  return row.window ? { item: row.id, tags: row.window.tags, from: row.window.from, to: row.window.to } : undefined;
}
