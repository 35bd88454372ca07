/** A tag to place in the strip above the lanes: x0 and x1 are its mark's edges, w the width of its words, all CSS pixels. */
export interface StripTag {
  readonly id: string;
  readonly x0: number;
  readonly x1: number;
  readonly w: number;
  readonly rank: number; // the higher goes first
}

export interface PlacedTag {
  readonly id: string;
  readonly x: number;
  readonly w: number;
  readonly hasWords: boolean; // false: no room for them, a bare bar marks the place
}

const GAP = 3;

/**
 * Places tags side by side: each at least as wide as its mark, its words whole or not at all. The selected interval's handles take the
 * stretch in taken; no other tag stands there.
 */
export function placeStrip(tags: readonly StripTag[], width: number, taken: readonly (readonly [number, number])[]): PlacedTag[] {
  const used: (readonly [number, number])[] = [...taken];
  const free = (a: number, b: number): boolean => used.every(([x0, x1]) => b + GAP <= x0 || a >= x1 + GAP);
  const placed: PlacedTag[] = [];
  for (const t of [...tags].sort((a, b) => b.rank - a.rank)) {
    if (t.x1 < 0 || t.x0 > width) continue;
    const x0 = Math.max(0, t.x0);
    const x1 = Math.min(width, t.x1);
    const w = Math.max(t.w, x1 - x0);
    const x = wanted(x0, x1, w, width).find((at) => free(at, at + w));
    if (x === undefined) {
      placed.push({ id: t.id, x: x0, w: Math.max(3, x1 - x0), hasWords: false });
      continue;
    }
    used.push([x, x + w]);
    placed.push({ id: t.id, x, w, hasWords: true });
  }
  return placed;
}

/** From the left edge of the mark, then so that it ends at its right edge; always inside the strip. */
function wanted(x0: number, x1: number, w: number, width: number): number[] {
  const inside = (x: number): number => Math.max(0, Math.min(width - w, x));
  return [inside(x0), inside(x1 - w), inside((x0 + x1 - w) / 2)];
}
