import type { Near } from "../waves/change";
import type { TimeAxis } from "./axis";
import type { LaneData } from "./data";
import type { Mark } from "./marks";
import type { Span } from "./time";
import { indices, type Piece } from "./trace";

/** Finds where the signals change the most within reach ms of at; undefined where nothing does. */
export type FindChange = (signals: readonly Near[], at: number, reach: number) => Promise<number | undefined>;

/** How far from where it was put an edge may jump, mm on the screen; and how much around it is looked at, in such lengths. */
const REACH_MM = 7;
const AROUND = 5;

/** Which ends of a mark were placed by hand just now. */
export type Ends = readonly ("from" | "to")[];

/** The mark's span with its new ends on the changes next to them. The whole mark's signals speak together. */
export async function snapped(mark: Mark, ends: Ends, data: LaneData, axis: TimeAxis, find: FindChange): Promise<Span> {
  const reach = REACH_MM * axis.millimetre * axis.perPixel;
  const found = await Promise.all(ends.map((end) => find(nearOf(mark, end, reach, data), mark.span[end], reach)));
  const span = { ...mark.span };
  ends.forEach((end, i) => (span[end] = found[i] ?? span[end]));
  return span.from < span.to ? span : mark.span;
}

/** What the signals do around an end, but not beyond the mark's other one: that is a change of its own. */
function nearOf(mark: Mark, end: "from" | "to", reach: number, data: LaneData): Near[] {
  const at = mark.span[end];
  const from = Math.max(at - AROUND * reach, end === "to" ? Math.min(mark.span.from, at - reach) : -Infinity);
  const to = Math.min(at + AROUND * reach, end === "from" ? Math.max(mark.span.to, at + reach) : Infinity);
  return mark.tags.map((tag) => columnsOf(data.pieces(tag, { from, to })));
}

/** Samples as they are; of a bucket both its ends, so that its spread counts. */
function columnsOf(pieces: readonly Piece[]): Near {
  const t: number[] = [];
  const v: number[] = [];
  for (const { trace, ...span } of pieces) {
    const [first, end] = indices(trace, span);
    for (let i = first; i < end; i++) {
      if (trace.kind === "samples") {
        t.push(trace.t[i] ?? 0);
        v.push(trace.v[i] ?? NaN);
      } else {
        const at = trace.t0 + i * trace.step;
        t.push(at, at);
        v.push(trace.min[i] ?? NaN, trace.max[i] ?? NaN);
      }
    }
  }
  return { t: Float64Array.from(t), v: Float64Array.from(v) };
}
