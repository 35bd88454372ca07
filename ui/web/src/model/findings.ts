// The numbered findings of a joint item: what the machine flagged and what a person marked, on the picture and on the signals.

import { onImage, proposalsOf } from "./proposals";
import type { Region, Row } from "./types";

export interface Finding { n: number; region: Region; machine: boolean; picture: boolean; signals: number }

/** All findings, numbered in a fixed order: the machine's first, as it gave them, then a person's as they were made. */
export const findingsOf = (item: Row, regions: readonly Region[]): Finding[] => {
  const proposals = proposalsOf(item);
  const own = new Map(regions.map((r) => [r.id, r]));
  const all = [...proposals.map((p) => ({ region: own.get(p.id) ?? p, machine: !own.has(p.id) })), ...regions.filter((r) => !proposals.some((p) => p.id === r.id)).map((region) => ({ region, machine: false }))];
  return all.map(({ region, machine }, i) => ({ n: i + 1, region, machine, picture: onImage(region), signals: region.tags?.length ?? 0 }));
};

export const numbersOf = (item: Row, regions: readonly Region[]): Map<string, number> => new Map(findingsOf(item, regions).map((f) => [f.region.id, f.n]));
