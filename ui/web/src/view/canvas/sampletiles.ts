import { decodeSamples, type Samples } from "../../wire/elp1";
import type { ImageSource } from "../../model/stage";
import { Lru, type Tile } from "../../model/canvas/tiles";

/** Tiles kept, half a megabyte each at 16 bits, and tiles asked for at a time. */
const MOST_TILES = 48;
const MOST_REQUESTS = 4;

/** The samples of a picture, tile by tile, as they are asked for. Tiles that left the view before their turn are not asked for. */
export class SampleTiles {
  private readonly tiles = new Lru<Samples>(MOST_TILES, () => undefined);
  private readonly asked = new Set<string>();
  private readonly broken = new Set<string>();
  private readonly abort = new AbortController();
  private wanted: Tile[] = [];

  constructor(
    private readonly src: ImageSource,
    private readonly came: () => void,
  ) {}

  get(t: Tile): Samples | undefined {
    return this.tiles.get(keyOf(t));
  }

  /** Asks for what is missing, these before what was wanted earlier. */
  want(tiles: readonly Tile[]): void {
    const keys = new Set(tiles.map(keyOf));
    this.wanted = [...tiles, ...this.wanted.filter((t) => !keys.has(keyOf(t)))].slice(0, MOST_TILES / 2);
    this.pump();
  }

  close(): void {
    this.abort.abort();
    this.wanted = [];
    this.tiles.clear();
  }

  private pump(): void {
    while (this.asked.size < MOST_REQUESTS) {
      const next = this.wanted.shift();
      if (!next) return;
      const key = keyOf(next);
      if (!this.asked.has(key) && !this.broken.has(key) && !this.tiles.get(key)) void this.ask(next, key);
    }
  }

  private async ask(t: Tile, key: string): Promise<void> {
    this.asked.add(key);
    try {
      const answer = await fetch(this.src.samples(t.z, t.x, t.y), { signal: this.abort.signal, credentials: "same-origin" });
      if (!answer.ok) throw new Error(`samples ${key}: status ${answer.status}`);
      const samples = decodeSamples(await answer.arrayBuffer());
      if (this.abort.signal.aborted) return;
      this.tiles.set(key, samples);
      this.came();
    } catch {
      this.broken.add(key); // what is there stays as it is: the picture itself below
    }
    this.asked.delete(key);
    this.pump();
  }
}

export const keyOf = (t: Tile): string => `${t.z}/${t.x}_${t.y}`;
