import { overlaps, type Area, type Extent } from "./geometry";

/** A label to place beside a marked area; both on the screen, in CSS pixels. */
export interface Tag {
  readonly id: string;
  readonly mark: Area;
  readonly size: Extent;
  readonly must: boolean; // is drawn even where it covers another mark
}

export interface Placed {
  readonly id: string;
  readonly at: Area;
}

const GAP = 4;

/**
 * Finds a place for each label outside its own mark: above, below, to the right, to the left. No label covers any mark or another
 * label; one that finds no free place is left out, unless it must be shown: then it takes the place that covers least, never its mark.
 */
export function placeTags(tags: readonly Tag[], marks: readonly Area[], stage: Extent, gap = GAP): Placed[] {
  const placed: Placed[] = [];
  for (const tag of [...tags].sort((a, b) => Number(b.must) - Number(a.must))) {
    const at = bestPlace(tag, marks, placed, stage, gap);
    if (at) placed.push({ id: tag.id, at });
  }
  return placed;
}

function bestPlace(tag: Tag, marks: readonly Area[], placed: readonly Placed[], stage: Extent, gap: number): Area | undefined {
  let best: Area | undefined;
  let least = Infinity;
  for (const at of places(tag, stage, gap)) {
    if (overlaps(at, tag.mark)) continue;
    const covers = marks.reduce((n, m) => n + covered(at, m), 0) + placed.reduce((n, p) => n + covered(at, p.at), 0);
    if (covers < least) {
      least = covers;
      best = at;
    }
    if (covers === 0) break;
  }
  return least === 0 || tag.must ? best : undefined;
}

/** Candidates from the best to the worst; all inside the stage. The last ones lie inside the stage's corners, far from a huge mark. */
function places(tag: Tag, stage: Extent, gap: number): Area[] {
  const { mark: m, size: s } = tag;
  const above = m.y - gap - s.h;
  const below = m.y + m.h + gap;
  const right = m.x + m.w - s.w;
  const raw = [
    { x: m.x, y: above },
    { x: right, y: above },
    { x: m.x, y: below },
    { x: right, y: below },
    { x: m.x + m.w + gap, y: m.y },
    { x: m.x - gap - s.w, y: m.y },
    { x: m.x, y: above - s.h - gap },
    { x: m.x, y: below + s.h + gap },
  ];
  return raw.map(({ x, y }) => ({ x: Math.min(Math.max(0, x), stage.w - s.w), y, w: s.w, h: s.h })).filter((a) => a.y >= 0 && a.y + a.h <= stage.h);
}

function covered(a: Area, b: Area): number {
  if (!overlaps(a, b)) return 0;
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return w * h;
}
