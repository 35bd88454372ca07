// The queue last seen with all that judging it needs, kept on this panel: the page starts from it while the gateway is away.

import type { KeptStore } from "./deps";
import type { Person, Row, SeriesBlock, Status, Taxonomy } from "./types";

/** What one person had before the eyes. */
export interface Seen { person: Person; rows: Row[]; taxonomy: Taxonomy | null; status: Status | null }

const name = "seen";
const seriesOf = (row: Row): string => `series/${row.id}`;

export class LastSeen {
  constructor(private readonly store: KeptStore) {}

  /** Best effort: a panel without room starts with an empty queue, and nothing that was judged is touched. */
  async put(seen: Seen): Promise<void> {
    await this.store.keep(name, seen).catch(() => undefined);
    await this.store.forget("series/", new Set(seen.rows.map(seriesOf))).catch(() => undefined);
  }

  async get(): Promise<Seen | undefined> {
    return (await this.store.kept(name)) as Seen | undefined;
  }

  /** The person left: the next one at this panel begins with nothing. */
  async clear(): Promise<void> {
    await this.store.forget("").catch(() => undefined);
  }

  async putSeries(row: Row, block: SeriesBlock): Promise<void> {
    await this.store.keep(seriesOf(row), block).catch(() => undefined);
  }

  async series(row: Row): Promise<SeriesBlock | undefined> {
    return (await this.store.kept(seriesOf(row)).catch(() => undefined)) as SeriesBlock | undefined;
  }
}
