// Rows, labels and stores that several tests build on.

import type { Clash, Operation, Work } from "../src/wire/db";
import type { Draft, Label, Region, Row } from "../src/model/types";

export const row = (id: string, more: Partial<Row> = {}): Row => ({
  id, rev: 1, kind: "image", created: 1, at: 1, place: {}, machine: "undefined", score: 0, state: "open", verdict: "undefined", labels: 0, synced: false,
  images: [{ sha256: `sha-${id}`, bytes: 1, format: "png", width: 100, height: 80, camera: "c1", received: 1 }],
  ...more,
});

export const box = (id: string, more: Partial<Region> = {}): Region => ({ id, kind: "box", image: "sha-a", rect: { x: 1, y: 2, w: 3, h: 4 }, ...more });

export const labelOf = (item: string, rev: number, by: string, draft: Draft): Label => ({ ...draft, id: `L${rev}`, item, rev, by: { id: by, role: "labeler" }, saved: 1 });

export const draft = (parent = 0): Draft => ({ verdict: "ok", parent, taxonomy: 1 });

export class MapStore {
  ops = new Map<string, Operation>();
  clash = new Map<string, Clash>();
  kept = new Map<string, Work>();
  broken = false;

  operations = async (): Promise<Operation[]> => [...this.ops.values()].sort((a, b) => a.made - b.made);
  putOperation = async (op: Operation): Promise<void> => {
    if (this.broken) throw new Error("disk");
    this.ops.set(op.key, structuredClone(op));
  };
  deleteOperation = async (key: string): Promise<void> => void this.ops.delete(key);
  clashes = async (): Promise<Clash[]> => [...this.clash.values()];
  putClash = async (c: Clash): Promise<void> => void this.clash.set(c.item, c);
  deleteClash = async (item: string): Promise<void> => void this.clash.delete(item);
}

/** Lets everything that is already decided happen. */
export const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
};
