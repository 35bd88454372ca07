import { signal } from "@preact/signals-core";
import type { Region } from "../types";
import type { Extent } from "./geometry";
import { areaOf, moved } from "./shape";

/** Where regions are copied from or to: a picture, and what it shares with the pictures that they may be taken to, such as its camera. */
export interface ClipPlace {
  readonly key: string;
  readonly image: string; // sha256
  readonly extent: Extent;
}

/** Regions that were copied. They can be put on every picture of the same camera, where its parts lie in the same place. */
export class Clip {
  private key = "";
  private image = "";
  private readonly held = signal<readonly Region[]>([]); // keys that put them somewhere follow it
  private given = 0; // times that they were put on the picture they come from: each copy lies a little further off

  take(regions: readonly Region[], { key, image }: ClipPlace): void {
    if (regions.length === 0) return;
    this.key = key;
    this.image = image;
    this.held.value = regions;
    this.given = 0;
  }

  /** Whether there is something for pictures of this key. */
  holds(key: string): boolean {
    return this.held.value.length > 0 && this.key === key;
  }

  /** The regions as new ones of a person on a picture; those that do not fit on it are left out. off: how far a copy lies off, px. */
  give({ key, image, extent }: ClipPlace, newID: () => string, off: number): Region[] {
    if (!this.holds(key)) return [];
    const by = image === this.image ? ++this.given * off : 0;
    return this.held.peek().filter((r) => fits(r, extent)).map((r) => moved(fresh(r, newID(), image), { x: by, y: by }, extent));
  }
}

function fits(r: Region, { w, h }: Extent): boolean {
  const a = areaOf(r);
  return a.w <= w && a.h <= h;
}

/** A copy is a person's own: neither what a machine scored nor what other regions it belonged to. */
function fresh(r: Region, id: string, image: string): Region {
  const { score: _1, links: _2, ...rest } = r;
  return { ...rest, id, image, origin: "person" };
}
