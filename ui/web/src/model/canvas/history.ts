import type { Region } from "../types";

/** A region and where it stood in the list. */
export interface Placed {
  readonly region: Region;
  readonly at: number;
}

/** One edit that can be taken back. Only the shape goes back: a class given in between stays. */
export type Edit =
  | { readonly did: "add"; readonly ids: readonly string[] }
  | { readonly did: "remove"; readonly placed: readonly Placed[] } // in the order of their places
  | { readonly did: "reshape"; readonly before: Region }
  | { readonly did: "reorder"; readonly id: string; readonly at: number }; // where it stood before

/** Edits kept; the oldest are forgotten beyond this. */
const MOST_EDITS = 100;

/** What a step back or forth leaves: all regions, and the one that it was about. */
export interface Stepped {
  readonly regions: Region[];
  readonly selected: string | null;
}

/** The edits of one picture, newest last, and those that were taken back. */
export class History {
  private done: Edit[] = [];
  private undone: Edit[] = [];

  /** How many edits can be taken back, and how many of those can be made again. */
  get size(): number {
    return this.done.length;
  }

  get again(): number {
    return this.undone.length;
  }

  push(edit: Edit): void {
    this.done.push(edit);
    this.undone = [];
    if (this.done.length > MOST_EDITS) this.done.shift();
  }

  clear(): void {
    this.done = [];
    this.undone = [];
  }

  /** The regions without the newest edit that still applies; undefined when there is none. */
  undo(regions: readonly Region[]): Stepped | undefined {
    return step(this.done, this.undone, regions);
  }

  /** The regions with the edit that was taken back last; undefined when there is none. */
  redo(regions: readonly Region[]): Stepped | undefined {
    return step(this.undone, this.done, regions);
  }
}

function step(from: Edit[], to: Edit[], regions: readonly Region[]): Stepped | undefined {
  for (let edit = from.pop(); edit; edit = from.pop()) {
    const back = takenBack(regions, edit);
    if (!back) continue;
    to.push(back.opposite);
    return back;
  }
  return undefined;
}

interface TakenBack extends Stepped {
  readonly opposite: Edit;
}

function takenBack(regions: readonly Region[], edit: Edit): TakenBack | undefined {
  switch (edit.did) {
    case "add":
      return without(regions, edit.ids);
    case "remove":
      return withAll(regions, edit.placed);
    case "reshape":
      return withShape(regions, edit.before);
    case "reorder":
      return moved(regions, edit.id, edit.at);
  }
}

function without(regions: readonly Region[], ids: readonly string[]): TakenBack | undefined {
  const placed = regions.flatMap((region, at) => (ids.includes(region.id) ? [{ region, at }] : []));
  if (placed.length === 0) return undefined;
  return { regions: regions.filter((r) => !ids.includes(r.id)), selected: null, opposite: { did: "remove", placed } };
}

function withAll(regions: readonly Region[], placed: readonly Placed[]): TakenBack | undefined {
  const gone = placed.filter((p) => !regions.some((r) => r.id === p.region.id));
  if (gone.length === 0) return undefined;
  const all = [...regions];
  for (const p of gone) all.splice(p.at, 0, p.region);
  return { regions: all, selected: gone.at(-1)?.region.id ?? null, opposite: { did: "add", ids: gone.map((p) => p.region.id) } };
}

function withShape(regions: readonly Region[], before: Region): TakenBack | undefined {
  const now = regions.find((r) => r.id === before.id);
  if (!now) return undefined;
  return { regions: regions.map((r) => (r === now ? reshaped(r, before) : r)), selected: before.id, opposite: { did: "reshape", before: now } };
}

/** The regions with one of them at another place in the list. */
export function moved(regions: readonly Region[], id: string, to: number): TakenBack | undefined {
  const at = regions.findIndex((r) => r.id === id);
  const region = regions[at];
  if (!region) return undefined;
  const all = regions.filter((r) => r !== region);
  all.splice(to, 0, region);
  return { regions: all, selected: id, opposite: { did: "reorder", id, at } };
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
