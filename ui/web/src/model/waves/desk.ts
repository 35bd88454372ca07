// What frequencies a signal holds within a stretch: loads its samples, asks the worker, and keeps only the answer to the newest question.

import { batch, signal } from "@preact/signals-core";
import { toNs, type Span } from "../lanes/time";
import type { KeptSpectrum, SeriesBlock, Trace } from "../types";
import { evened, type Even } from "./even";
import { shownOf } from "./kept";
import type { Answer, Question } from "./questions";
import { peaksOf, type Spectrogram, type Spectrum } from "./spectrum";

export type How = "kept" | "spectrum" | "envelope" | "spectrogram";

/** One answer on screen. */
export interface Shown {
  readonly unit: string;
  readonly rate: number; // Hz
  readonly span: Span; // ms since the window's base; less than what was asked for where that holds too many samples
  readonly cut: boolean; // it is less
  readonly uneven: boolean; // samples are missing inside: lines may be smeared
  readonly spectrum?: Spectrum | undefined;
  readonly spectrogram?: Spectrogram | undefined;
  readonly kept?: KeptSpectrum;
}

export interface WavePorts {
  load(from: number, to: number, n: number): Promise<SeriesBlock>; // UTC ns, UTC ns, buckets
  ask(q: Question): Promise<Answer | undefined>;
}

const MOST_BUCKETS = 8192; // of one answer; up to twice as many samples come as they are
const MOST_SAMPLES = 16_000;

export class WaveDesk {
  readonly how = signal<How>("spectrum");
  readonly tag = signal("");
  readonly kept = signal<KeptSpectrum | undefined>(undefined); // with the candidate
  readonly shown = signal<Shown | null>(null);
  readonly busy = signal(false);
  readonly trouble = signal<"few" | "failed" | null>(null);
  readonly cursor = signal<number | null>(null); // Hz
  private round = 0;

  constructor(private readonly base: number, private readonly ports: WavePorts) {}

  async show(span: Span): Promise<void> {
    const mine = ++this.round;
    this.busy.value = true;
    const answer = await this.reckon(span).catch(() => "failed" as const);
    if (mine !== this.round) return;
    batch(() => {
      this.busy.value = false;
      this.trouble.value = typeof answer === "string" ? answer : null;
      this.shown.value = typeof answer === "string" ? null : answer;
    });
  }

  /** What is read without pointing at it: the frequencies of the machine's parts where they are known, else the highest lines. */
  lines(): readonly { readonly name: string; readonly hz: number; readonly rms: number }[] {
    const shown = this.shown.value;
    const s = shown?.spectrum;
    if (!s) return [];
    const named = shown.kept?.lines ?? [];
    if (named.length > 0) return named.map(({ name, hz }) => ({ name, hz, rms: s.rms[Math.floor(hz / s.step)] ?? 0 }));
    return peaksOf(s, 3).map((p) => ({ name: "", ...p }));
  }

  private async reckon(wanted: Span): Promise<Shown | "few"> {
    const [tag, how, kept] = [this.tag.peek(), this.how.peek(), this.kept.peek()];
    if (how === "kept") return kept ? shownOf(kept) : "few";
    const [trace, span, even] = await this.samples(tag, wanted);
    if (!trace || !even) return "few";
    const rate = 1000 / even.step;
    const answer = await this.ports.ask({ ask: how, v: even.v, rate });
    if (!answer) throw new Error("worker is gone");
    return { unit: trace.unit, rate, span, cut: span.to - span.from < wanted.to - wanted.from, uneven: even.jitter > 0.5, spectrum: answer.spectrum, spectrogram: answer.spectrogram };
  }

  /** The samples inside the span, or in its middle where there are more than the gateway gives at once. */
  private async samples(tag: string, wanted: Span): Promise<readonly [Trace | undefined, Span, Even | undefined]> {
    let span = wanted;
    for (let tries = 0; tries < 3; tries++) {
      const block = await this.ports.load(toNs(span.from, this.base), toNs(span.to, this.base), MOST_BUCKETS);
      const trace = block.traces.find((t) => t.tag === tag);
      const shift = (block.base - this.base) / 1e6;
      if (trace?.kind !== "buckets") return [trace, span, trace && evened({ ...trace, t: trace.t.map((t) => t + shift) }, span.from, span.to)];
      const all = trace.count.reduce((n, c) => n + c, 0);
      const part = Math.min(0.5, MOST_SAMPLES / Math.max(1, all));
      const [middle, length] = [(span.from + span.to) / 2, (span.to - span.from) * part];
      span = { from: middle - length / 2, to: middle + length / 2 };
    }
    return [undefined, span, undefined];
  }
}
