// What the page keeps on this panel in IndexedDB: label operations that the gateway has not confirmed, unfinished work, and the queue
// last seen. They survive a reload, a lost line and an expired sign-in.

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Draft, Label } from "./types";

/** One label on its way to the gateway. key is its Idempotency-Key. */
export interface Operation {
  key: string;
  item: string;
  by: string; // user id of who decided; only that person's session may send it
  title: string; // how people call the item
  draft: Draft;
  made: number; // ms, page's clock; order of sending
  after?: string; // key of the operation whose revision this one follows
  failed?: string; // why the gateway will never take it
}

/** Two people judged the same item. Both labels are on the gateway. */
export interface Clash {
  item: string;
  title: string;
  mine: Draft;
  theirs: Label;
}

export interface Work {
  item: string;
  by: string;
  saved: number; // ms
  draft: Partial<Draft>;
}

interface Schema extends DBSchema {
  operations: { key: string; value: Operation };
  clashes: { key: string; value: Clash };
  work: { key: string; value: Work };
  kept: { key: string; value: unknown };
}

export class LocalDb {
  private constructor(private readonly db: IDBPDatabase<Schema>) {}

  static async open(name = "edgelabel"): Promise<LocalDb> {
    const db: IDBPDatabase<Schema> = await openDB<Schema>(name, 2, {
      upgrade(fresh, from) {
        if (from < 2) fresh.createObjectStore("kept");
        if (from > 0) return;
        fresh.createObjectStore("operations", { keyPath: "key" });
        fresh.createObjectStore("clashes", { keyPath: "item" });
        fresh.createObjectStore("work", { keyPath: "item" });
      },
      blocking: () => db.close(), // a newer page waits for this one
    });
    return new LocalDb(db);
  }

  async operations(): Promise<Operation[]> {
    return (await this.db.getAll("operations")).sort((a, b) => a.made - b.made);
  }
  async putOperation(op: Operation): Promise<void> {
    const tx = this.db.transaction("operations", "readwrite", { durability: "strict" });
    await Promise.all([tx.store.put(op), tx.done]);
  }
  deleteOperation(key: string): Promise<void> {
    return this.db.delete("operations", key);
  }

  clashes(): Promise<Clash[]> {
    return this.db.getAll("clashes");
  }
  async putClash(clash: Clash): Promise<void> {
    await this.db.put("clashes", clash);
  }
  deleteClash(item: string): Promise<void> {
    return this.db.delete("clashes", item);
  }

  /** What was seen last, by name; undefined when nothing was kept. */
  kept(name: string): Promise<unknown> {
    return this.db.get("kept", name);
  }
  async keep(name: string, value: unknown): Promise<void> {
    await this.db.put("kept", value, name);
  }
  /** Forgets all of which the name begins so, except for some. */
  async forget(prefix: string, except: ReadonlySet<string> = new Set()): Promise<void> {
    const tx = this.db.transaction("kept", "readwrite");
    for (const name of await tx.store.getAllKeys()) if (name.startsWith(prefix) && !except.has(name)) await tx.store.delete(name);
    await tx.done;
  }

  work(item: string): Promise<Work | undefined> {
    return this.db.get("work", item);
  }
  async putWork(work: Work): Promise<void> {
    await this.db.put("work", work);
  }
  deleteWork(item: string): Promise<void> {
    return this.db.delete("work", item);
  }
}
