// The items of an asset as bands over its signals.

import type { FixedMark } from "../stage";
import type { Row } from "../types";

export interface BandWords {
  verdict(row: Row): string; // of a judged item: its verdict or its class
  score(v: number): string;
}

/** One band for each item that flags some of the signals or was judged, in the order of time. */
export const bandsOf = (rows: readonly Row[], tags: readonly string[], now: number, words: BandWords): FixedMark[] =>
  rows.flatMap((row) => bandOf(row, tags, now, words)).sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));

const bandOf = (row: Row, tags: readonly string[], now: number, words: BandWords): FixedMark[] => {
  const flagged = (row.candidates ?? []).filter((c) => c.tags?.some((t) => tags.includes(t)));
  const judged = row.labels > 0;
  const window = row.window;
  if (!window || (flagged.length === 0 && !judged)) return [];
  const on = new Set(flagged.length > 0 ? flagged.flatMap((c) => c.tags ?? []) : window.tags);
  const from = flagged.length > 0 ? Math.min(...flagged.map((c) => c.from)) : window.from;
  const to = flagged.length > 0 ? Math.max(...flagged.map((c) => c.to || (row.isPartial ? now : window.to))) : window.to;
  const lanes = tags.filter((t) => on.has(t));
  return lanes.length > 0 ? [{ id: row.id, from, to: Math.max(to, from), tags: lanes, open: !judged, words: judged ? words.verdict(row) : words.score(row.score) }] : [];
};

/** The next band that nobody has judged, after or before a moment (UTC ns) or another band. */
export const openBeside = (bands: readonly FixedMark[], from: { id: string | null; at: number }, step: 1 | -1): FixedMark | undefined => {
  const here = bands.findIndex((b) => b.id === from.id);
  if (here >= 0) return (step > 0 ? bands.slice(here + 1) : bands.slice(0, here).reverse()).find((b) => b.open);
  return step > 0 ? bands.find((b) => b.open && b.from >= from.at) : bands.findLast((b) => b.open && b.from < from.at);
};
