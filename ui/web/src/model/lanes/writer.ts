import type { Edits } from "../canvas/edits";
import type { Region } from "../types";
import type { LaneData } from "./data";
import type { Mark } from "./marks";
import { toNs, within, type Span } from "./time";

/** The shortest interval, ms: longer than what a double can tell apart in UTC ns. */
export const LEAST = 0.01;

/** Writes marks as regions of a person's label. */
export class MarkWriter {
  constructor(
    private readonly data: LaneData,
    private readonly edits: Edits,
  ) {}

  /** A new interval, or a moment where both ends are the same; cut at the window. Gives its id. */
  make(s: Span, tags: string[]): string {
    const isInstant = s.from === s.to;
    const r: Region = { id: this.edits.newID(), kind: isInstant ? "instant" : "interval", origin: "person", tags };
    this.edits.add(this.timed(r, isInstant ? s : within(s, this.data.limits, LEAST)));
    return r.id;
  }

  move(mark: Mark, s: Span): void {
    if (s.from === mark.span.from && s.to === mark.span.to) return;
    this.store(mark, this.timed(mark.region, s));
  }

  setTags(mark: Mark, tags: string[]): void {
    if (tags.length > 0) this.store(mark, { ...mark.region, tags });
  }

  /** A proposal that is changed becomes a person's region of the same id. */
  private store(mark: Mark, r: Region): void {
    if (mark.isProposal) this.edits.add({ ...r, origin: "edited" });
    else this.edits.replace(r);
  }

  private timed(r: Region, s: Span): Region {
    return { ...r, from: toNs(s.from, this.data.base), to: toNs(s.to, this.data.base) };
  }
}
