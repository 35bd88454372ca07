// Days of one asset's signals, with its items on them, and the stretch that a person marks where no detector flagged anything.
//
//   signals ─▶ asset ─▶ range ─▶ series + items ─▶ lanes ─▶ stretch ─▶ fault ─▶ new item ─▶ its label ─▶ outbox

import { batch, computed, type ReadonlySignal, signal, type Signal as Cell } from "@preact/signals-core";
import { coalesce } from "../../lib/debounce";
import { msToNs } from "../../lib/num";
import type { ItemQuery, SeriesQuery } from "../../wire/api";
import { type Code, transient, wireError } from "../../wire/errors";
import type { WorkStore } from "../deps";
import type { Prefs } from "../prefs";
import type { FixedMark, WindowView } from "../stage";
import type { Classes } from "../taxonomy";
import type { Draft, Input, Page, Region, Row, SeriesBlock, Signal } from "../types";
import type { Speech } from "../words/words";
import { bandsOf, openBeside } from "./bands";
import { Stretch } from "./stretch";

export interface TimelineDeps {
  api: {
    signals(): Promise<Signal[]>;
    items(q: ItemQuery): Promise<Page>;
    series(q: SeriesQuery): Promise<SeriesBlock>;
    createItem(item: { asset: string; from: number; to: number; tags: string[]; comment: string }): Promise<Row>;
  };
  store: WorkStore;
  outbox: { put(item: string, title: string, by: string, draft: Draft): Promise<unknown> };
  session: { readonly person: { id: string } | undefined };
  classes: Pick<Classes, "revision" | "offered" | "of">;
  speech: ReadonlySignal<Speech>;
  prefs: Pick<Prefs, "terminal">;
  input: Cell<Input>;
  refused(err: unknown): void;
  now(): number; // ms
}

const hour = 3600_000;
export const spans = [0.25, 1, 8, 24, 72, 168].map((h) => h * hour);
const usual = 8 * hour; // what is shown of an asset with enough history
const columns = 1600;
const mostTags = 32; // of one request
const mostItems = 500;
const newest = 5_000; // ms before now that the range ends: what is on its way to disk cannot be read yet

export class Timeline {
  readonly signals = signal<Signal[]>([]);
  readonly asset = signal<string | null>(null);
  readonly span = signal(usual); // ms
  readonly end = signal(0); // ms, right edge of the range
  readonly view = signal<WindowView | null>(null);
  readonly loading = signal(false);
  readonly trouble = signal<Code | null>(null);
  readonly rows = signal<Row[]>([]);
  readonly more = signal(false); // the range holds more items than are shown
  readonly saving = signal(false);
  readonly failed = signal<Code | null>(null); // why the newest try to save did not work
  readonly made = signal<Row | null>(null); // the item that was made last
  readonly mark: Stretch;

  readonly assets: ReadonlySignal<string[]>;
  readonly tags: ReadonlySignal<string[]>;
  readonly bands: ReadonlySignal<FixedMark[]>;
  readonly chosen: ReadonlySignal<Row | undefined>; // the item whose band is selected
  readonly refresh = coalesce(() => void this.readItems(), 400);
  private round = 0;
  private fitted = false; // the span follows what a person chose, or the history that there is

  constructor(private readonly deps: TimelineDeps) {
    const { store, classes } = deps;
    this.mark = new Stretch(this.asset, {
      work: { get: (id) => store.work(id), put: (w) => store.putWork(w), drop: (id) => store.deleteWork(id).catch(() => undefined) },
      person: () => deps.session.person?.id, taxonomy: () => classes.revision, classes: () => classes.offered(false),
      input: () => deps.input.peek(), terminal: deps.prefs.terminal, now: deps.now,
    });
    const plotted = computed(() => this.signals.value.filter((s) => s.kind === "number" || s.kind === "bool"));
    this.assets = computed(() => [...new Set(plotted.value.map((s) => s.asset ?? ""))].sort());
    this.tags = computed(() => plotted.value.filter((s) => (s.asset ?? "") === this.asset.value).map((s) => s.id).slice(0, mostTags));
    this.bands = computed(() => bandsOf(this.rows.value, this.tags.value, msToNs(this.end.value), { verdict: (row) => this.saidOf(row), score: (v) => deps.speech.value.format.number(v, 2) }));
    this.chosen = computed(() => (this.mark.region.value && this.mark.selected.value === this.mark.region.value.id ? undefined : this.rows.value.find((r) => r.id === this.mark.selected.value)));
  }

  /** Reads what there is and shows the newest hours of the asset: the named one, else the one that was shown last, else the first. */
  async open(asset?: string): Promise<void> {
    try {
      this.signals.value = await this.deps.api.signals();
    } catch (err) {
      this.trouble.value = wireError(err).code;
      return this.deps.refused(err);
    }
    const known = this.assets.peek();
    const wanted = asset ?? this.asset.peek();
    await this.choose(wanted !== null && known.includes(wanted) ? wanted : (known.find(Boolean) ?? known[0] ?? ""));
  }

  async choose(asset: string): Promise<void> {
    if (asset !== this.asset.peek()) {
      batch(() => {
        this.mark.clear();
        this.failed.value = null;
        this.made.value = null;
        this.rows.value = [];
        this.asset.value = asset;
      });
      void this.mark.resume(asset);
    }
    await this.showNewest();
  }

  showNewest(): Promise<void> {
    return this.show(this.span.peek(), this.deps.now() - newest);
  }

  /** Shows another length of time; what is selected, else the middle of what was shown, stays in sight. */
  zoom(span: number): Promise<void> {
    this.fitted = true;
    const selected = this.mark.region.peek() ?? this.bands.peek().find((b) => b.id === this.mark.selected.peek());
    const middle = selected?.from ? (selected.from + (selected.to ?? selected.from)) / 2e6 : this.isNewest() ? Infinity : this.end.peek() - this.span.peek() / 2;
    return this.show(span, Math.min(middle + span / 2, this.deps.now() - newest));
  }

  /** Moves by half of what is shown. */
  move(step: 1 | -1): Promise<void> {
    return this.show(this.span.peek(), Math.min(this.end.peek() + (step * this.span.peek()) / 2, this.deps.now() - newest));
  }

  isNewest(): boolean {
    return this.end.value > this.deps.now() - newest - this.span.value / 20;
  }

  detail(from: number, to: number, n: number): Promise<SeriesBlock> {
    return this.deps.api.series({ tags: this.tags.peek(), from, to, n });
  }

  /** The nearest band that nobody has judged, on one side of what is selected, else in the whole range. */
  beside(step: 1 | -1): FixedMark | undefined {
    const at = this.mark.region.value?.from ?? msToNs(step > 0 ? this.end.value - this.span.value : this.end.value);
    return openBeside(this.bands.value, { id: this.mark.selected.value, at }, step);
  }

  step(by: 1 | -1): void {
    const band = this.beside(by);
    if (band) this.mark.selected.value = band.id;
  }

  marked(regions: Region[]): void {
    batch(() => {
      this.failed.value = null;
      this.made.value = null;
      this.mark.marked(regions);
    });
  }

  /** Makes the item and gives its label to the outbox. False when it did not work; everything stays as it was then. */
  async save(): Promise<boolean> {
    const region = this.mark.region.peek();
    const [asset, by] = [this.asset.peek(), this.deps.session.person?.id];
    if (!region || asset === null || !by || this.saving.peek()) return false;
    this.saving.value = true;
    try {
      const row = await this.item(asset, region, by);
      await this.deps.outbox.put(row.id, asset || row.id.slice(-6), by, this.mark.draft(region));
      batch(() => {
        this.mark.discard();
        this.failed.value = null;
        this.made.value = row;
        this.rows.value = [...this.rows.peek().filter((r) => r.id !== row.id), row];
      });
      return true;
    } catch (err) {
      this.failed.value = wireError(err).code;
      this.deps.refused(err);
      return false;
    } finally {
      this.saving.value = false;
    }
  }

  /** The new item. A try whose answer was lost may have made it: then that one is taken. */
  private async item(asset: string, region: Region, by: string): Promise<Row> {
    const [from, to, tags] = [region.from ?? 0, region.to ?? 0, region.tags ?? []];
    const before = this.failed.peek();
    if (before && transient(before)) {
      const page = await this.deps.api.items({ state: "open", kind: "window", asset, from, to, order: "newest", limit: 50 });
      const mine = page.items.find((r) => r.createdBy === by && r.candidates?.some((c) => c.from === from && c.to === to) && r.window?.tags.join() === tags.join());
      if (mine) return mine;
    }
    return this.deps.api.createItem({ asset, from, to, tags, comment: this.mark.comment.peek().trim() });
  }

  private async show(span: number, end: number): Promise<void> {
    const mine = ++this.round;
    batch(() => {
      this.span.value = span;
      this.end.value = end;
      this.loading.value = true;
      this.trouble.value = null;
    });
    const tags = this.tags.peek();
    try {
      if (tags.length === 0) return void (this.view.value = null);
      const [block] = await Promise.all([this.deps.api.series({ tags, ...this.range(), n: columns }), this.readItems()]);
      if (mine === this.round && !this.fitted) {
        this.fitted = true;
        const short = spanOf(block, end);
        if (short < span) return await this.show(short, end);
      }
      if (mine === this.round) this.view.value = { base: block.base, from: block.from, to: block.to, tags, traces: block.traces, gaps: block.gaps };
    } catch (err) {
      if (mine !== this.round) return;
      this.trouble.value = wireError(err).code;
      this.deps.refused(err);
    } finally {
      if (mine === this.round) this.loading.value = false;
    }
  }

  private async readItems(): Promise<void> {
    const asset = this.asset.peek();
    if (!asset) return; // signals that belong to no asset have no items to ask for
    const ask = (kind: "window" | "joint"): Promise<Page> => this.deps.api.items({ kind, asset, ...this.range(), order: "newest", limit: mostItems });
    const pages = await Promise.all([ask("window"), ask("joint")]).catch((err: unknown) => this.deps.refused(err));
    if (!pages || asset !== this.asset.peek()) return;
    batch(() => {
      this.rows.value = pages.flatMap((p) => p.items);
      this.more.value = pages.some((p) => p.next);
    });
  }

  /** What is shown, UTC ns. */
  private range(): { from: number; to: number } {
    const end = Math.round(this.end.peek());
    return { from: msToNs(end - this.span.peek()), to: msToNs(end) };
  }

  /** What the newest label says, in a word. */
  private saidOf(row: Row): string {
    const classId = row.classes?.[0];
    return (classId && this.deps.classes.of(classId)?.name) || this.deps.speech.value.words.verdict[row.verdict];
  }
}

/** The shortest span on offer that shows all there is, ms. */
const spanOf = (block: SeriesBlock, end: number): number => {
  const first = Math.min(...block.traces.map((t) => {
    const at = t.kind === "samples" ? t.t.findIndex((_, i) => !Number.isNaN(t.v[i])) : t.count.findIndex((n) => n > 0);
    return at < 0 ? Infinity : t.kind === "samples" ? (t.t[at] ?? Infinity) : t.t0 + at * t.step;
  }));
  const length = end - (block.base / 1e6 + first);
  return Number.isFinite(length) ? (spans.find((s) => s >= length) ?? usual) : usual;
};
