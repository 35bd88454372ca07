import type { Region } from "../types";
import type { Clip, ClipPlace } from "./clip";
import type { Edits } from "./edits";
import { sized } from "./extent";

/** How far a copy lies off on the same picture, CSS pixels. */
const OFF = 16;

export interface DeskPorts {
  readonly here: ClipPlace;
  readonly scale: number; // CSS pixels for a pixel of the picture
  readonly mmPerPx: number;
  readonly clip: Clip | undefined;
  readonly regions: readonly Region[]; // a person's, on this picture
  readonly selected: Region | undefined; // a person's or a proposal
}

/** What is done with whole regions: copied, put on this picture, and brought before or behind the others. */
export class Desk {
  constructor(
    private readonly edits: Edits,
    private readonly now: DeskPorts,
  ) {}

  get canCopy(): boolean {
    return this.now.clip !== undefined && (this.now.selected !== undefined || this.now.regions.length > 0);
  }

  get canPaste(): boolean {
    return this.now.clip?.holds(this.now.here.key) ?? false;
  }

  /** Copies the selected region, else all that a person drew on this picture. */
  copy(): boolean {
    const { clip, selected, regions, here } = this.now;
    if (!this.canCopy) return false;
    clip?.take(selected ? [selected] : regions, here);
    return true;
  }

  paste(): boolean {
    const { clip, here, scale, mmPerPx } = this.now;
    const made = clip?.give(here, () => this.edits.newID(), OFF / scale) ?? [];
    if (made.length > 0) this.edits.add(...made.map((r) => sized(r, mmPerPx)));
    return made.length > 0;
  }

  /** Whether the selected region has another one before it (1) or behind it (-1). */
  canBring(by: 1 | -1): boolean {
    return this.beside(by) !== undefined;
  }

  /** Brings the selected region one place forward (1) or back (-1) among those of this picture. */
  bring(by: 1 | -1): boolean {
    const to = this.beside(by);
    const id = this.edits.selected;
    return to !== undefined && id !== null && this.edits.reorder(id, this.edits.all.indexOf(to));
  }

  private beside(by: 1 | -1): Region | undefined {
    const { regions } = this.now;
    const at = regions.findIndex((r) => r.id === this.edits.selected);
    return at < 0 ? undefined : regions[at + by];
  }
}
