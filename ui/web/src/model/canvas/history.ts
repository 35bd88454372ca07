import type { Region } from "../types";

/** One edit that can be taken back. Only the shape goes back: a class given in between stays. */
export type Edit =
  | { readonly did: "add"; readonly id: string }
  | { readonly did: "remove"; readonly region: Region; readonly at: number }
  | { readonly did: "reshape"; readonly before: Region };

/** Edits kept; the oldest are forgotten beyond this. */
export const MOST_EDITS = 100;

/** The edits of one picture, newest last. */
export class History {
  private edits: Edit[] = [];

  get size(): number {
    return this.edits.length;
  }

  push(edit: Edit): void {
    this.edits.push(edit);
    if (this.edits.length > MOST_EDITS) this.edits.shift();
  }

  clear(): void {
    this.edits = [];
  }

  /** The regions without the newest edit that still applies, and the region that it was about; undefined when there is none. */
  undo(regions: readonly Region[]): { readonly regions: Region[]; readonly selected: string | null } | undefined {
    for (let edit = this.edits.pop(); edit; edit = this.edits.pop()) {
      const undone = takenBack(regions, edit);
      if (undone) return undone;
    }
    return undefined;
  }
}

function takenBack(regions: readonly Region[], edit: Edit): { regions: Region[]; selected: string | null } | undefined {
  switch (edit.did) {
    case "add":
      if (!regions.some((r) => r.id === edit.id)) return undefined;
      return { regions: regions.filter((r) => r.id !== edit.id), selected: null };
    case "remove":
      if (regions.some((r) => r.id === edit.region.id)) return undefined;
      return { regions: [...regions.slice(0, edit.at), edit.region, ...regions.slice(edit.at)], selected: edit.region.id };
    case "reshape":
      if (!regions.some((r) => r.id === edit.before.id)) return undefined;
      return { regions: regions.map((r) => (r.id === edit.before.id ? reshaped(r, edit.before) : r)), selected: edit.before.id };
  }
}

/** r with the shape, the place and the origin of from, and everything else as it is. */
function reshaped(r: Region, from: Region): Region {
  const { rect: _1, points: _2, size: _3, angle: _4, runs: _5, origin: _6, from: _7, to: _8, tags: _9, ...rest } = r;
  const { rect, points, size, angle, runs, origin, tags } = from;
  return {
    ...rest,
    ...(rect && { rect }),
    ...(points && { points }),
    ...(size && { size }),
    ...(angle !== undefined && { angle }),
    ...(runs && { runs }),
    ...(origin && { origin }),
    ...(from.from !== undefined && { from: from.from }),
    ...(from.to !== undefined && { to: from.to }),
    ...(tags && { tags }),
  };
}
