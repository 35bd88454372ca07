import type { ImageSource } from "../../model/stage";
import type { Area, Extent } from "../../model/canvas/geometry";
import { levelFor, Lru, tilesOf, type Tile } from "../../model/canvas/tiles";
import { visible, type Viewport } from "../../model/canvas/viewport";
import { paint, paintSnapped, type Picture } from "./picture";

/** Tiles kept, about a megabyte each, and tiles asked for at a time. */
const MOST_TILES = 96;
const MOST_REQUESTS = 6;

/** Fetches one bitmap; rejects when it cannot. */
type FetchBitmap = (url: string, signal: AbortSignal) => Promise<ImageBitmap>;

/** A large picture that comes in tiles over a coarse preview. Tiles that left the view before their turn are not asked for. */
export class TiledPicture implements Picture {
  private readonly tiles = new Lru<ImageBitmap>(MOST_TILES, (b) => b.close());
  private readonly asked = new Map<string, AbortController>();
  private readonly broken = new Set<string>();
  private wanted: Tile[] = [];
  private preview: ImageBitmap | null = null;
  private closed = false;
  private readonly image: Extent;

  constructor(
    private readonly src: ImageSource,
    private readonly fetchBitmap: FetchBitmap,
    private readonly changed: () => void,
  ) {
    this.image = { w: src.width, h: src.height };
  }

  /** Takes what is shown where no tile has come yet. */
  setPreview(preview: ImageBitmap): void {
    if (this.closed) preview.close();
    else this.preview = preview;
    this.changed();
  }

  draw(g: CanvasRenderingContext2D, v: Viewport, stage: Extent, dpr: number): void {
    const area = visible(v, this.image, stage);
    const z = levelFor(v.scale, dpr, this.src.levels);
    const tiles = tilesOf(area, this.image, z, this.src.levels);
    const missing = tiles.filter((t) => !this.tiles.get(keyOf(t)));
    if (missing.length > 0) this.drawBelow(g, area, z, v, dpr);
    this.drawTiles(g, tiles, v, dpr);
    if (missing.length > 0) this.want(missing);
  }

  close(): void {
    for (const a of this.asked.values()) a.abort();
    this.asked.clear();
    this.wanted = [];
    this.tiles.clear();
    this.preview?.close();
    this.closed = true;
  }

  /** What is there until the tiles of level z are: the preview, and tiles half as fine. */
  private drawBelow(g: CanvasRenderingContext2D, area: Area, z: number, v: Viewport, dpr: number): void {
    if (this.preview) paint(g, this.preview, { x: 0, y: 0, ...this.image }, area, v);
    if (z > 0) this.drawTiles(g, tilesOf(area, this.image, z - 1, this.src.levels), v, dpr);
  }

  private drawTiles(g: CanvasRenderingContext2D, tiles: readonly Tile[], v: Viewport, dpr: number): void {
    for (const t of tiles) {
      const bitmap = this.tiles.get(keyOf(t));
      if (bitmap) paintSnapped(g, bitmap, t.area, v, dpr);
    }
  }

  private want(tiles: readonly Tile[]): void {
    const keys = new Set(tiles.map(keyOf));
    this.wanted = [...tiles, ...this.wanted.filter((t) => !keys.has(keyOf(t)))].slice(0, MOST_TILES / 2);
    this.pump();
  }

  private pump(): void {
    while (this.asked.size < MOST_REQUESTS) {
      const next = this.wanted.shift();
      if (!next) return;
      const key = keyOf(next);
      if (this.asked.has(key) || this.broken.has(key) || this.tiles.get(key)) continue;
      void this.ask(next, key);
    }
  }

  private async ask(t: Tile, key: string): Promise<void> {
    const abort = new AbortController();
    this.asked.set(key, abort);
    try {
      const bitmap = await this.fetchBitmap(this.src.tile(t.z, t.x, t.y), abort.signal);
      if (abort.signal.aborted) return bitmap.close();
      this.tiles.set(key, bitmap);
      this.changed();
    } catch {
      this.broken.add(key); // the coarser picture below stays; another attempt makes a new picture
    }
    if (abort.signal.aborted) return;
    this.asked.delete(key);
    this.pump();
  }
}

const keyOf = (t: Tile): string => `${t.z}/${t.x}_${t.y}`;
