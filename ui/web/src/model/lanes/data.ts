import type { Gap, Trace } from "../types";
import type { WindowView } from "../stage";
import type { Detail } from "./loader";
import { scaleFor, type Scale } from "./scale";
import { fromNs, type Span } from "./time";
import { extremes, piecesOf, readingAt, type Piece, type Reading } from "./trace";

/** One signal of the window. */
export interface Lane {
  readonly tag: string;
  readonly name: string;
  readonly unit: string;
  readonly scale: Scale;
  readonly gaps: readonly (Span & { readonly gap: Gap })[];
}

/** The window's signals with the finer data that came later. Scales come from the whole window: zooming moves time, not values. */
export class LaneData {
  readonly limits: Span;
  readonly base: number;
  readonly lanes: readonly Lane[];
  private readonly whole: ReadonlyMap<string, Trace>;
  private detail: Detail | undefined;

  constructor(w: WindowView) {
    this.base = w.base;
    this.limits = { from: w.from, to: Math.max(w.to, w.from + 1e-3) };
    this.whole = new Map(w.traces.map((t) => [t.tag, t]));
    this.lanes = w.tags.map((tag) => this.laneOf(tag, w.gaps));
  }

  setDetail(d: Detail): void {
    this.detail = d;
  }

  /** Whether what the window came with has less than a bucket per pixel in some lane, while there could be finer data. */
  isCoarse(view: Span, width: number): boolean {
    const pixel = (view.to - view.from) / width;
    return [...this.whole.values()].some((t) => t.kind === "buckets" && t.step > pixel);
  }

  pieces(tag: string, view: Span): Piece[] {
    const whole = this.whole.get(tag);
    if (whole?.kind === "samples") return [{ ...view, trace: whole }];
    return piecesOf(whole, this.detail?.traces.get(tag), this.detail?.covers ?? this.limits, view);
  }

  /** The greatest value inside the span. */
  peak(tag: string, span: Span): number | undefined {
    let max: number | undefined;
    for (const p of this.pieces(tag, { from: span.from, to: Math.max(span.to, span.from + 1e-6) })) {
      const e = extremes(p.trace, p);
      if (e && (max === undefined || e.max > max)) max = e.max;
    }
    return max;
  }

  reading(tag: string, t: number): Reading {
    const piece = this.pieces(tag, { from: t, to: t + 1e-6 })[0];
    return piece && readingAt(piece.trace, t);
  }

  private laneOf(tag: string, gaps: readonly Gap[]): Lane {
    const trace = this.whole.get(tag);
    const seen = trace && extremes(trace, { from: -Infinity, to: Infinity });
    const own = gaps.filter((g) => g.tag === undefined || g.tag === "" || g.tag === tag);
    return {
      tag,
      name: trace?.name || tag,
      unit: trace?.unit ?? "",
      scale: seen ? scaleFor(seen.min, seen.max) : { lo: 0, hi: 1 },
      gaps: own.map((gap) => ({ from: fromNs(gap.from, this.base), to: fromNs(gap.to, this.base), gap })),
    };
  }
}
