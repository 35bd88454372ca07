import Flatbush from "flatbush";
import type { Region } from "../types";
import { distanceToLine, grown, holds, insidePolygon, type Point } from "./geometry";
import { isSet } from "./rle";
import { areaOf, outlineOf } from "./shape";

/** From this many regions on a search tree pays. */
const INDEX_FROM = 64;

/** Finds regions by place. It keeps the array it was made with and must be made anew when that changes. */
export class RegionIndex {
  private readonly tree: Flatbush | undefined;

  constructor(readonly regions: readonly Region[]) {
    if (regions.length < INDEX_FROM) return;
    const tree = new Flatbush(regions.length);
    for (const r of regions) {
      const a = areaOf(r);
      tree.add(a.x, a.y, a.x + a.w, a.y + a.h);
    }
    tree.finish();
    this.tree = tree;
  }

  /** Regions whose bounds meet the rectangle, in the order of the array. */
  within(x0: number, y0: number, x1: number, y1: number): Region[] {
    if (this.tree) return pick(this.regions, this.tree.search(x0, y0, x1, y1).sort((a, b) => a - b));
    return this.regions.filter((r) => {
      const a = areaOf(r);
      return a.x <= x1 && a.x + a.w >= x0 && a.y <= y1 && a.y + a.h >= y0;
    });
  }

  /** The region under p: a line within reach, else the smallest area around it. The later one lies on top. */
  at(p: Point, reach: number): Region | undefined {
    let best: Region | undefined;
    let least = Infinity;
    for (const r of this.within(p.x - reach, p.y - reach, p.x + reach, p.y + reach)) {
      const rank = rankOf(r, p, reach);
      if (rank === Infinity || rank > least) continue;
      least = rank;
      best = r;
    }
    return best;
  }
}

function pick(regions: readonly Region[], order: readonly number[]): Region[] {
  return order.flatMap((i) => regions[i] ?? []);
}

/** Smaller is nearer to what the finger means; Infinity is a miss. */
function rankOf(r: Region, p: Point, reach: number): number {
  const area = areaOf(r);
  if (!holds(grown(area, reach), p)) return Infinity;
  const size = area.w * area.h;
  if (r.kind === "mask" && r.rect && isSet(r.runs ?? [], r.rect, p.x, p.y)) return size;
  const { points, closed } = outlineOf(r);
  if (closed && insidePolygon(p, points)) return r.kind === "mask" ? size * 4 : size;
  return distanceToLine(p, points, closed) <= reach ? size + reach : Infinity;
}
