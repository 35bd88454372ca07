// Fetches what the next items need before they are opened: pictures into the browser's cache, series into this one.

import { transient, wireError } from "../wire/errors";
import type { LastSeen } from "./lastseen";
import { sourceOf } from "./pictures";
import type { Row, SeriesBlock } from "./types";

const keepSeries = 24;
const overview = 1600; // buckets of a first view

export interface PrefetchWire {
  picture(path: string): Promise<ArrayBuffer>;
  series(query: { item: string; n: number }): Promise<SeriesBlock>;
}

export class Prefetch {
  private readonly pictures = new Set<string>();
  private readonly blocks = new Map<string, Promise<SeriesBlock>>();
  private turn = Promise.resolve();

  constructor(private readonly wire: PrefetchWire, private readonly seen?: Pick<LastSeen, "series" | "putSeries">) {}

  /** Queues the items' pictures and series, one after the other so that the item on screen is not held up. */
  want(rows: readonly Row[]): void {
    for (const row of rows) {
      for (const image of row.images ?? []) {
        if (this.pictures.has(image.sha256)) continue;
        this.pictures.add(image.sha256);
        const source = sourceOf(image, "");
        const path = source.tiled ? source.preview : source.original;
        this.turn = this.turn.then(() => this.wire.picture(path)).then(() => undefined, () => void this.pictures.delete(image.sha256));
      }
      if (row.window) this.turn = this.turn.then(() => this.series(row)).then(() => undefined, () => undefined); // asked again when it is opened
    }
  }

  /** The whole window of an item, from memory where it was asked for before. A window that is still recorded is always asked for again. */
  series(row: Row): Promise<SeriesBlock> {
    const key = `${row.id}/${row.rev}`;
    const known = this.blocks.get(key);
    if (known && !row.isPartial) return known;
    const block = this.fetched(row);
    this.blocks.set(key, block);
    block.catch(() => this.blocks.delete(key));
    for (const old of [...this.blocks.keys()].slice(0, Math.max(0, this.blocks.size - keepSeries))) this.blocks.delete(old);
    return block;
  }

  /** From the gateway; while it is away as the panel saw it last. */
  private async fetched(row: Row): Promise<SeriesBlock> {
    try {
      const block = await this.wire.series({ item: row.id, n: overview });
      void this.seen?.putSeries(row, block);
      return block;
    } catch (err) {
      const kept = transient(wireError(err).code) ? await this.seen?.series(row) : undefined;
      if (!kept) throw err;
      return kept;
    }
  }
}
