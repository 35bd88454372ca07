import type { SeriesBlock, Trace } from "../types";
import { fromNs, lengthOf, meets, toNs, type Span } from "./time";

/** Finer data for a part of the window. */
export interface Detail {
  readonly covers: Span;
  readonly traces: ReadonlyMap<string, Trace>;
}

export interface LoaderPorts {
  load(from: number, to: number, n: number): Promise<SeriesBlock>;
  later(run: () => void, ms: number): () => void; // runs once; the function given back calls it off
  loaded(detail: Detail): void;
}

/** The view must rest this long before its data are asked for, ms. */
export const REST = 160;

/** A block reaches this share of the view over both its ends, so that a small pan needs no new one. */
const BEYOND = 0.3;
const MOST_BUCKETS = 3200;

/** Asks for finer data when the view has come to rest; only the answer to the newest question counts. */
export class Loader {
  private asked = 0;
  private callOff: (() => void) | undefined;
  private detail: Detail | undefined;

  constructor(
    private readonly window: Span & { readonly base: number },
    private readonly ports: LoaderPorts,
  ) {}

  /** The view has changed; width in pixels. coarse says that what the window came with is not exact there. */
  show(view: Span, width: number, coarse: boolean): void {
    this.callOff?.();
    if (!coarse || this.suffices(view, width)) return;
    this.callOff = this.ports.later(() => void this.ask(view, width), REST);
  }

  stop(): void {
    this.callOff?.();
    this.asked++;
  }

  private suffices(view: Span, width: number): boolean {
    const d = this.detail;
    if (!d || d.covers.from > view.from || d.covers.to < view.to) return false;
    return [...d.traces.values()].every((t) => t.kind === "samples" || t.step <= (lengthOf(view) / width) * 1.5);
  }

  private async ask(view: Span, width: number): Promise<void> {
    const mine = ++this.asked;
    const { base } = this.window;
    const more = lengthOf(view) * BEYOND;
    const covers = { from: Math.max(this.window.from, view.from - more), to: Math.min(this.window.to, view.to + more) };
    const n = Math.min(MOST_BUCKETS, Math.ceil((width * lengthOf(covers)) / lengthOf(view)));
    try {
      const block = await this.ports.load(toNs(covers.from, base), toNs(covers.to, base), n);
      if (mine !== this.asked) return;
      this.detail = detailOf(block, base, covers);
      this.ports.loaded(this.detail);
    } catch {
      return; // the coarser data stay on screen, and the next move asks again
    }
  }
}

/** A block in the window's own time. It covers what was asked for, or less where the gateway gave less. */
function detailOf(block: SeriesBlock, base: number, asked: Span): Detail {
  const shift = fromNs(block.base, base);
  const given = { from: block.from + shift, to: block.to + shift };
  const covers = meets(given, asked) ? { from: Math.max(given.from, asked.from), to: Math.min(given.to, asked.to) } : given;
  return { covers, traces: new Map(block.traces.map((t) => [t.tag, shifted(t, shift)])) };
}

function shifted(t: Trace, by: number): Trace {
  if (by === 0) return t;
  return t.kind === "samples" ? { ...t, t: t.t.map((at) => at + by) } : { ...t, t0: t.t0 + by };
}
