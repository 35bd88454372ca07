// Small traces for the queue: one line of the signal that was flagged, as an SVG path in a box of 100 × 60.

import { type ReadonlySignal, signal, type Signal } from "@preact/signals-core";
import type { Row, SeriesBlock, Trace } from "./types";

const points = 64;
const most = 200; // paths kept

export class Sparks {
  private readonly paths = new Map<string, Signal<string>>();

  constructor(private readonly read: (q: { item: string; n: number }) => Promise<SeriesBlock>) {}

  /** The path of an item's first flagged signal; empty until it has come, and where there is none. */
  path(row: Row): ReadonlySignal<string> {
    const known = this.paths.get(row.id);
    if (known) return known;
    const path = signal("");
    this.paths.set(row.id, path);
    for (const id of [...this.paths.keys()].slice(0, Math.max(0, this.paths.size - most))) this.paths.delete(id);
    this.read({ item: row.id, n: points }).then(
      (block) => (path.value = draw(flagged(row, block), block.to)),
      () => void this.paths.delete(row.id), // asked again the next time it comes into view
    );
    return path;
  }
}

const flagged = (row: Row, block: SeriesBlock): Trace | undefined => {
  const tag = row.candidates?.find((c) => c.tags?.length)?.tags?.[0];
  return block.traces.find((t) => t.tag === tag) ?? block.traces[0];
};

const pairs = (t: Trace): [number, number][] =>
  t.kind === "samples"
    ? Array.from(t.t, (at, i): [number, number] => [at, t.v[i] ?? NaN])
    : Array.from(t.min, (low, i): [number, number][] => [[t.t0 + (i + 0.25) * t.step, low], [t.t0 + (i + 0.75) * t.step, t.max[i] ?? NaN]]).flat();

/** A path that breaks where there is no number. */
export const draw = (t: Trace | undefined, to: number): string => {
  if (!t) return "";
  const all = pairs(t);
  const values = all.map(([, v]) => v).filter(Number.isFinite);
  if (values.length === 0) return "";
  const low = Math.min(...values);
  const range = Math.max(...values) - low || 1;
  let pen = false;
  return all
    .map(([at, v]) => {
      if (!Number.isFinite(v)) {
        pen = false;
        return "";
      }
      const step = `${pen ? "L" : "M"}${((at / (to || 1)) * 100).toFixed(1)} ${(54 - ((v - low) / range) * 48).toFixed(1)}`;
      pen = true;
      return step;
    })
    .join("");
};
