import type { ImageSource } from "../../model/stage";
import type { Area, Extent, Point } from "../../model/canvas/geometry";
import { levelFor, Lru, TILE, tilesOf, type Tile } from "../../model/canvas/tiles";
import { visible, type Viewport } from "../../model/canvas/viewport";
import { curvesOf, type Curves } from "../../model/tone/even";
import type { Job } from "../../model/tone/paint";
import { lumaAt, spreadOf } from "../../model/tone/samples";
import { sameTone, windowOf, type Spread, type Tone } from "../../model/tone/tone";
import type { Asker } from "./asker";
import { paintSnapped, type Picture } from "./picture";
import { keyOf, SampleTiles } from "./sampletiles";

/** Coloured tiles kept, about a megabyte each, and tiles that the worker colours at a time. */
const MOST_TILES = 64;
const MOST_JOBS = 3;

interface Coloured {
  readonly bitmap: ImageBitmap;
  readonly version: number;
}

/** What the file holds at a place. A value of a coarser level is a mean and not exact. */
export interface Reading {
  readonly value: number;
  readonly exact: boolean;
}

/** A picture drawn from its samples in a tone. A change of the tone keeps the old colours on screen until the new ones are there. */
export class TonedPicture implements Picture {
  private readonly samples: SampleTiles;
  private readonly coloured = new Lru<Coloured>(MOST_TILES, (c) => c.bitmap.close());
  private readonly busy = new Set<string>();
  private readonly image: Extent;
  private readonly base: Tile[];
  private version = 0;
  private curves: Curves | undefined;
  private known: Spread | undefined;
  private closed = false;

  constructor(
    private readonly src: ImageSource,
    private tone: Tone,
    private readonly worker: Asker,
    private readonly changed: () => void,
    private readonly learnt: (s: Spread) => void,
  ) {
    this.image = { w: src.width, h: src.height };
    this.base = tilesOf({ x: 0, y: 0, ...this.image }, this.image, Math.min(1, src.levels), src.levels);
    this.samples = new SampleTiles(src, () => this.came());
    this.samples.want(this.base);
  }

  setTone(tone: Tone): void {
    if (sameTone(tone, this.tone)) return;
    this.tone = tone;
    this.restart();
  }

  /** Whether the coarse level is coloured: nothing below shows through then. */
  get covers(): boolean {
    return this.base.every((t) => this.coloured.get(keyOf(t)) !== undefined);
  }

  draw(g: CanvasRenderingContext2D, v: Viewport, stage: Extent, dpr: number): void {
    if (!this.known) return;
    const area = visible(v, this.image, stage);
    const z = levelFor(v.scale, dpr, this.src.levels);
    this.drawTiles(g, this.base, v, dpr);
    if (z > (this.base[0]?.z ?? 0)) this.drawTiles(g, tilesOf(area, this.image, z, this.src.levels), v, dpr);
  }

  /** The value under a point of the picture; undefined outside of it and until its samples came. */
  read(p: Point): Reading | undefined {
    const x = Math.floor(p.x), y = Math.floor(p.y);
    if (x < 0 || y < 0 || x >= this.image.w || y >= this.image.h) return undefined;
    const { levels } = this.src;
    for (let z = levels; z >= 0; z--) {
      const shrink = 2 ** (levels - z);
      const tile = { z, x: Math.floor(x / shrink / TILE), y: Math.floor(y / shrink / TILE), area: { x: 0, y: 0, w: 0, h: 0 } };
      const s = this.samples.get(tile);
      if (z === levels && !s) this.samples.want([tile]);
      if (s) return { value: lumaAt(s, Math.min(s.h - 1, Math.floor(y / shrink) - tile.y * TILE) * s.w + Math.min(s.w - 1, Math.floor(x / shrink) - tile.x * TILE)), exact: z === levels };
    }
    return undefined;
  }

  close(): void {
    this.closed = true;
    this.samples.close();
    this.coloured.clear();
  }

  private came(): void {
    if (!this.known) this.learn();
    this.changed();
  }

  /** Once the coarse level is there: what values there are, and from then on the colours. */
  private learn(): void {
    const tiles = this.base.flatMap((t) => this.samples.get(t) ?? []);
    if (tiles.length < this.base.length) return;
    this.known = spreadOf(tiles);
    this.learnt(this.known);
    this.restart();
  }

  private restart(): void {
    this.version++;
    this.curves = this.tone.even ? this.makeCurves() : undefined;
    this.changed();
  }

  private makeCurves(): Curves | undefined {
    if (!this.known) return undefined;
    const tiles = this.base.flatMap((t) => {
      const samples = this.samples.get(t);
      return samples ? { samples, x: t.x * TILE, y: t.y * TILE } : [];
    });
    if (tiles.length < this.base.length) this.samples.want(this.base);
    const shrink = 2 ** (this.src.levels - Math.min(1, this.src.levels));
    const { low, high } = windowOf(this.tone, this.known);
    return curvesOf(tiles, Math.ceil(this.image.w / shrink), Math.ceil(this.image.h / shrink), low, high);
  }

  private drawTiles(g: CanvasRenderingContext2D, tiles: readonly Tile[], v: Viewport, dpr: number): void {
    const missing: Tile[] = [];
    for (const t of tiles) {
      const c = this.coloured.get(keyOf(t));
      if (c) paintSnapped(g, c.bitmap, t.area, v, dpr);
      if (c?.version === this.version) continue;
      if (!this.samples.get(t)) missing.push(t);
      else if (this.busy.size < MOST_JOBS) void this.colour(t);
    }
    if (missing.length > 0) this.samples.want(missing);
  }

  private async colour(t: Tile): Promise<void> {
    const key = keyOf(t);
    const samples = this.samples.get(t);
    if (!samples || !this.known || this.busy.has(key)) return;
    const { version, tone, curves, image } = this;
    this.busy.add(key);
    const bitmap = await this.bitmap(samples.w, samples.h, { samples, tone, ...windowOf(tone, this.known), ...(curves && { curves }), place: part(t.area, image) });
    this.busy.delete(key);
    if (this.closed) return bitmap?.close();
    if (bitmap) this.coloured.set(key, { bitmap, version });
    this.changed();
  }

  private async bitmap(w: number, h: number, job: Job): Promise<ImageBitmap | undefined> {
    const bytes = await this.worker.ask({ ask: "tone", job });
    if (!bytes) return undefined;
    return createImageBitmap(new ImageData(new Uint8ClampedArray(bytes.buffer as ArrayBuffer), w, h), { colorSpaceConversion: "none" });
  }
}

/** Where a tile lies, in parts of the picture. */
const part = (a: Area, { w, h }: Extent): Area => ({ x: a.x / w, y: a.y / h, w: a.w / w, h: a.h / h });
