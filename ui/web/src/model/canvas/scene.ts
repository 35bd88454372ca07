import type { Region } from "../types";
import type { Point } from "./geometry";
import { RegionIndex } from "./hit";
import { isOnImage } from "./shape";

/** What a scene is made from. */
export interface SceneInput {
  readonly image: string; // sha256
  readonly regions: readonly Region[]; // a person's
  readonly proposals: readonly Region[]; // a machine's
}

/** The regions of one picture: a person's and the proposals that no region has taken the place of. Made anew on every change. */
export class Scene {
  readonly regions: readonly Region[];
  readonly proposals: readonly Region[];
  private readonly index: RegionIndex;
  private readonly byID: ReadonlyMap<string, Region>;
  private readonly proposed: ReadonlySet<string>;

  constructor({ image, regions, proposals }: SceneInput) {
    const here = (r: Region): boolean => isOnImage(r) && (r.image === undefined || r.image === image);
    const taken = new Set(regions.map((r) => r.id));
    this.regions = regions.filter(here);
    this.proposals = proposals.filter((p) => here(p) && !taken.has(p.id));
    this.proposed = new Set(this.proposals.map((p) => p.id));
    const all = [...this.proposals, ...this.regions];
    this.index = new RegionIndex(all);
    this.byID = new Map(all.map((r) => [r.id, r]));
  }

  isProposal(id: string): boolean {
    return this.proposed.has(id);
  }

  find(id: string | null): Region | undefined {
    return id === null ? undefined : this.byID.get(id);
  }

  /** The region that a finger at p (image px) means; reach in image px. */
  at(p: Point, reach: number): Region | undefined {
    return this.index.at(p, reach);
  }

  /** Everything whose bounds meet the rectangle, proposals first. */
  within(x0: number, y0: number, x1: number, y1: number): Region[] {
    return this.index.within(x0, y0, x1, y1);
  }
}
