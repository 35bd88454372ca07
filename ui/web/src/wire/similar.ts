// Places in the history that look like one, and one label for many of them.

import type { Http } from "./http";
import type { Rect, Verdict } from "./types";

/** Where something is: an item's region, or a stretch of signals that need not have an item yet. Times are UTC ns. */
export interface PlaceAlike { item?: string; image?: string; rect?: Rect; tags?: string[]; from?: number; to?: number }
export interface Alike extends PlaceAlike { distance: number; verdict: Verdict; classes: string[] | null; by?: string } // distance 0: the same

/** Either tags with from and to, or item and image with or without rect. */
export interface Likeness { item?: string; image?: string; rect?: Rect; tags?: string[]; from?: number; to?: number; k?: number }
export interface Found { places: Alike[]; since: number; until: number; searched: number; complete: boolean }
export interface Spreading { id: string; item: string; rev: number; by: string; at: number; labeled: string[]; skipped: PlaceAlike[]; undone: number }

export class SimilarApi {
  constructor(private readonly http: Http) {}

  find(q: Likeness): Promise<Found> {
    return this.http.json("/similar", { method: "POST", body: q, timeout: 120_000 });
  }

  /** Returns after the labels are durable; the same key again returns the same. */
  spread(item: string, rev: number, places: readonly PlaceAlike[], key: string): Promise<Spreading> {
    return this.http.json("/propagate", { method: "POST", body: { item, rev, places }, headers: { "Idempotency-Key": key }, timeout: 60_000 });
  }
  takeBack(id: string): Promise<Spreading> {
    return this.http.json(`/propagate/${encodeURIComponent(id)}`, { method: "DELETE", timeout: 60_000 });
  }
}
