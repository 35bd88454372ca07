import type { ItemQuery, SeriesQuery } from "../../wire/api";
import type { NormalView, WindowView } from "../stage";
import type { Page, Row, SeriesBlock, Trace } from "../types";
import { indices } from "./trace";

export interface NormalPorts {
  items(q: ItemQuery): Promise<Page>;
  series(q: SeriesQuery): Promise<SeriesBlock>;
  lag(rows: readonly (readonly [Float64Array, Float64Array])[], most: number): Promise<number>; // entries
}

const LOOK_AT = 60; // newest OK items of the asset
const ENTRIES = 1024; // of a row that is aligned
const MOST_SHIFT = 0.25; // of the window

/**
 * The newest stretch of the same signals that a person judged OK, moved so that it lies on the window as well as it can; undefined where
 * there is none. Rejects when the gateway does not answer.
 */
export async function normalFor(item: Row, window: WindowView, ports: NormalPorts): Promise<NormalView | undefined> {
  const query: ItemQuery = { verdict: "ok", order: "newest", limit: LOOK_AT };
  if (item.place.asset) query.asset = item.place.asset;
  const row = bestOf((await ports.items(query)).items, item, window.tags);
  if (!row) return undefined;
  const block = await ports.series({ item: row.id, n: ENTRIES });
  const length = window.to - window.from;
  const pairs = window.traces.flatMap((t) => {
    const other = block.traces.find((o) => o.tag === t.tag);
    return other ? [[rowOf(t, window.from, length), rowOf(other, block.from, length)] as const] : [];
  });
  const lag = await ports.lag(pairs, Math.round(ENTRIES * MOST_SHIFT));
  const by = window.from - block.from + (lag * length) / ENTRIES;
  return { traces: new Map(block.traces.map((t) => [t.tag, moved(t, by)])), item: row.id, at: row.window?.from ?? row.at, by: row.by ?? "" };
}

/** Of the stretches of other times, the one that shares the most signals; of those alike the newest. */
function bestOf(rows: readonly Row[], item: Row, tags: readonly string[]): Row | undefined {
  let best: Row | undefined;
  let most = 0;
  for (const row of rows) {
    const w = row.window;
    if (!w || row.id === item.id || (item.window && w.from < item.window.to && item.window.from < w.to)) continue;
    const shared = w.tags.filter((t) => tags.includes(t)).length;
    if (shared <= most) continue;
    most = shared;
    best = row;
  }
  return best;
}

/** The trace as entries of even length from a moment on; NaN where it says nothing. */
function rowOf(t: Trace, from: number, length: number): Float64Array {
  const sum = new Float64Array(ENTRIES);
  const n = new Uint32Array(ENTRIES);
  const [first, end] = indices(t, { from, to: from + length });
  for (let i = first; i < end; i++) {
    const at = t.kind === "samples" ? (t.t[i] ?? 0) : t.t0 + (i + 0.5) * t.step;
    const v = t.kind === "samples" ? (t.v[i] ?? NaN) : ((t.min[i] ?? NaN) + (t.max[i] ?? NaN)) / 2;
    const k = Math.floor(((at - from) / length) * ENTRIES);
    if (Number.isNaN(v) || k < 0 || k >= ENTRIES) continue;
    sum[k]! += v;
    n[k]! += 1;
  }
  return held(sum.map((s, k) => (n[k] ? s / (n[k] ?? 1) : NaN)));
}

/** A value holds until the next one: a signal that is slower than the entries has no holes. */
function held(v: Float64Array): Float64Array {
  for (let k = 1; k < v.length; k++) if (Number.isNaN(v[k])) v[k] = v[k - 1] ?? NaN;
  return v;
}

const moved = (t: Trace, by: number): Trace => (t.kind === "samples" ? { ...t, t: t.t.map((at) => at + by) } : { ...t, t0: t.t0 + by });
