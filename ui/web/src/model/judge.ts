// The item on screen and the way to its verdict.
//
//   open ─▶ look ─▶ OK / can't decide ────────────────────────▶ decided ─▶ next item
//                 ├▶ NG with a proposal, or all drawn has a class ─▶ decided
//                 └▶ NG alone ─▶ armed ─▶ class, or NG again ──────▶ decided
//
// A verdict is given to the label's outbox at once; undo brings the item back, and the next verdict is a new revision.

import { computed, effect, type ReadonlySignal, signal, type Signal } from "@preact/signals-core";
import { settle } from "../lib/debounce";
import { msToNs } from "../lib/num";
import type { Operation, Work } from "../wire/db";
import type { Editor } from "./canvas/editor";
import { Links } from "./links";
import { accept, onImage, originOf, proposalsOf } from "./proposals";
import { usedFirst } from "./recent";
import { reviewOf, type Task } from "./review";
import type { LoadState, Tool } from "./stage";
import type { Confidence, Draft, Fault, Input, Label, Region, Row, Verdict } from "./types";

export type Decision = "ok" | "not_ok" | "not_decidable";

/** Taps this soon after an advance were meant for the item before. */
export const settleTime = 120; // ms
export const undoTime = 10_000; // ms

export interface Undo { item: Row; title: string; verdict: Verdict; key: string; draft: Draft; until: number /* ms */; review: Task | null }

export interface JudgeDeps {
  put(item: string, title: string, by: string, draft: Draft): Promise<Operation>;
  withdraw(key: string): Promise<boolean>;
  work: { get(item: string): Promise<Work | undefined>; put(w: Work): Promise<void>; drop(item: string): Promise<void> };
  labels(item: string): Promise<Label[]>;
  person(): string | undefined;
  taxonomy(): number;
  suits(classId: string, region: Region): boolean; // a defect class stands on pictures, a fault class on signals
  terminal: string;
  title(row: Row): string;
  onDecided(row: Row, verdict: Decision, again: boolean): void; // again: the item was opened to be judged once more
  now(): number; // ms
}

export class Judge {
  readonly item = signal<Row | null>(null);
  readonly previous = signal<Label | null>(null); // newest label on the gateway, where the item has one
  readonly again = signal(false); // opened from the history, not from the queue
  readonly review = signal<Task | null>(null); // the item was opened to look at somebody's label
  readonly regions = signal<Region[]>([]);
  readonly selected = signal<string | null>(null);
  readonly tool: Signal<Tool> = signal("pan");
  readonly rejected = signal<ReadonlySet<string>>(new Set());
  readonly armed = signal(false); // NG was pressed and waits for a class
  readonly chosen = signal<string | null>(null); // class picked before the verdict
  readonly recent = signal<string[]>([]); // classes as last used
  readonly links = new Links(); // joint: what shows one cause
  readonly fault = signal<Fault>({});
  readonly confidence = signal<Confidence>(0);
  readonly comment = signal("");
  readonly loads = signal<Record<string, LoadState>>({}); // by sha256
  readonly shown = signal<string | null>(null); // sha256 of the picture on screen
  readonly attempt = signal(0);
  readonly stage = signal<Editor | null>(null); // what edits the picture that was shown last
  readonly undo = signal<Undo | null>(null);
  readonly input: Signal<Input> = signal("touch");
  readonly proposals: ReadonlySignal<Region[]>; // not rejected, not replaced by a person's own version
  readonly ready: ReadonlySignal<boolean>;

  private opened = 0; // ms
  private advanced = -Infinity; // ms
  private readonly revisions = new Map<string, number>(); // newest revision known by item

  constructor(private readonly deps: JudgeDeps) {
    this.proposals = computed(() => {
      const item = this.item.value;
      const own = new Set(this.regions.value.map((r) => r.id));
      return item && !this.review.value ? proposalsOf(item).filter((r) => !own.has(r.id) && !this.rejected.value.has(r.id)) : [];
    });
    this.ready = computed(() => {
      const images = this.item.value?.images ?? [];
      const shown = this.shown.value;
      return this.item.value !== null && (images.length === 0 || (shown !== null && this.loads.value[shown] === "ready"));
    });
    this.keepWork();
  }

  /** Puts an item on screen. What was left unfinished on it comes back; a labelled one shows its newest label. */
  open(row: Row | null, options: { again?: boolean; draft?: Draft | undefined; review?: Task | null } = {}): void {
    this.advanced = this.deps.now();
    this.opened = this.deps.now();
    this.again.value = options.again ?? false;
    this.review.value = options.review ?? null;
    this.previous.value = null;
    if (row?.id !== this.item.peek()?.id) this.loads.value = {}; // the same item's pictures are on screen already
    this.item.value = row;
    this.shown.value = row?.images?.[0]?.sha256 ?? null;
    this.clear();
    if (!row) return;
    if (options.draft) this.fill(options.draft);
    else if (options.review) return;
    else if (row.labels > 0) void this.recall(row);
    else void this.resume(row);
  }

  /** Takes a newer state of the item on screen, for example a window that is complete now. What was said stays, and so does the revision
   * that the person saw. */
  renew(row: Row): void {
    const item = this.item.peek();
    if (!item || item.id !== row.id || item.rev === row.rev) return;
    this.item.value = { ...row, labels: item.labels };
    this.shown.value ??= row.images?.[0]?.sha256 ?? null; // a window whose picture came late
  }

  /** The one key or tap. False when it was not taken: too soon after an advance, or the picture is not there yet. */
  verdict(v: Decision): boolean {
    const item = this.item.peek();
    if (!item || this.tooSoon() || (!this.ready.peek() && v !== "not_decidable")) return false;
    if (v === "not_ok" && !this.armed.peek() && !this.complete()) {
      this.armed.value = true;
      return true;
    }
    this.decide(item, v);
    return true;
  }

  /** A class chip or its key. */
  pick(classId: string): boolean {
    const item = this.item.peek();
    if (!item || this.tooSoon() || !this.ready.peek()) return false;
    const own = this.regions.peek().find((r) => r.id === this.selected.peek());
    if (own && !this.armed.peek()) {
      this.setRegions(this.regions.peek().map((r) => (r.id === own.id ? classed(r, classId) : r)));
      return true;
    }
    const wasArmed = this.armed.peek();
    this.chosen.value = classId;
    this.armed.value = true;
    if (wasArmed) this.decide(item, "not_ok");
    return true;
  }

  /** Of a review: wants the first person to look again, and says why. */
  sendBack(why: string): void {
    const [item, review] = [this.item.peek(), this.review.peek()];
    if (!item || !review || this.tooSoon()) return;
    this.comment.value = why;
    this.review.value = { ...review, mode: "back" };
    this.decide(item, "not_decidable");
  }

  /** Says the class without giving the verdict: where there is more to say beside it. The same class again takes it back. */
  choose(classId: string): void {
    const own = this.regions.peek().find((r) => r.id === this.selected.peek());
    if (own) this.setRegions(this.regions.peek().map((r) => (r.id === own.id ? classed(r, classId) : r)));
    else this.chosen.value = this.chosen.peek() === classId ? null : classId;
  }

  /** Takes away the selected region, or marks the selected proposal as wrong. */
  remove(): void {
    const id = this.selected.peek();
    if (id === null) return;
    if (this.regions.peek().some((r) => r.id === id)) this.setRegions(this.regions.peek().filter((r) => r.id !== id));
    else this.rejected.value = new Set([...this.rejected.peek(), id]);
    this.selected.value = null;
  }

  setRegions(regions: Region[]): void {
    this.regions.value = regions;
  }

  /** One step back: a tool, an armed verdict, a selection. False when there was nothing to leave. */
  back(): boolean {
    if (this.tool.peek() !== "pan") this.tool.value = "pan";
    else if (this.armed.peek()) this.disarm();
    else if (this.selected.peek() !== null) this.selected.value = null;
    else return false;
    return true;
  }

  disarm(): void {
    this.armed.value = false;
    this.chosen.value = null;
  }

  /** Brings back the item of the last verdict, as it was when it was decided. */
  async takeBack(): Promise<boolean> {
    const undo = this.undo.peek();
    if (!undo || this.deps.now() > undo.until) return false;
    this.undo.value = null;
    await this.deps.withdraw(undo.key);
    this.open(undo.item, { draft: undo.draft, again: undo.review !== null, review: undo.review });
    return true;
  }

  loaded(sha256: string, state: LoadState): void {
    this.loads.value = { ...this.loads.peek(), [sha256]: state };
  }

  /** The gateway confirmed a revision of an item. */
  confirmed(label: Label): void {
    this.revisions.set(label.item, Math.max(label.rev, this.revisions.get(label.item) ?? 0));
  }

  private tooSoon(): boolean {
    return this.deps.now() - this.advanced < settleTime;
  }

  /** Whether NG needs no further word: something is marked, and all of it that must have a class has one. */
  private complete(): boolean {
    if (this.chosen.peek() !== null) return true;
    const regions = [...this.regions.peek(), ...this.proposals.peek()];
    return regions.length > 0 && regions.every((r) => r.class || !onImage(r));
  }

  private decide(item: Row, verdict: Decision): void {
    const by = this.deps.person();
    if (!by) return;
    const draft = this.draft(item, verdict);
    const title = this.deps.title(item);
    const [again, review] = [this.again.peek(), this.review.peek()];
    this.recent.value = usedFirst(draft, this.recent.peek());
    void this.deps.put(item.id, title, by, draft).then((op) => {
      this.undo.value = { item, title, verdict, key: op.key, draft, until: this.deps.now() + undoTime, review };
    });
    void this.deps.work.drop(item.id);
    this.deps.onDecided(item, verdict, again);
  }

  private draft(item: Row, verdict: Decision): Draft {
    const chosen = verdict === "not_ok" ? this.chosen.peek() : null;
    const regions = verdict === "not_ok" ? this.marked(chosen) : this.regions.peek();
    const draft: Draft = {
      verdict,
      origin: originOf(regions),
      input: this.input.peek(),
      terminal: this.deps.terminal,
      opened: msToNs(this.opened),
      decided: msToNs(this.deps.now()),
      parent: Math.max(item.labels, this.revisions.get(item.id) ?? 0),
      taxonomy: this.deps.taxonomy(),
    };
    if (regions.length > 0) draft.regions = this.links.applied(regions);
    if (chosen && !regions.some((r) => r.class === chosen)) draft.classes = [chosen];
    const whole = { ...draft, ...this.words() };
    const review = this.review.peek();
    return review ? { ...whole, review: reviewOf(review, whole) } : whole;
  }

  /** A person's regions and the accepted proposals, with the chosen class on those that it is meant for. */
  private marked(chosen: string | null): Region[] {
    const suited = this.proposals.peek().filter((r) => chosen !== null && this.deps.suits(chosen, r));
    const meant = (r: Region): boolean => suited.includes(r) && (!r.class || suited.length === 1 || r.id === this.selected.peek());
    const own = this.regions.peek().map((r) => (chosen && !r.class && this.deps.suits(chosen, r) ? classed(r, chosen) : r));
    return [...own, ...this.proposals.peek().map((r) => accept(r, meant(r) ? chosen : null))];
  }

  /** What was said beside the verdict; empty parts are left out. */
  private words(): Partial<Draft> {
    const out: Partial<Draft> = {};
    if (Object.values(this.fault.peek()).some(Boolean)) out.fault = this.fault.peek();
    if (this.confidence.peek()) out.confidence = this.confidence.peek();
    const comment = this.comment.peek().trim();
    if (comment) out.comment = comment;
    return out;
  }

  private clear(): void {
    this.regions.value = [];
    this.selected.value = null;
    this.tool.value = "pan";
    this.rejected.value = new Set();
    this.links.clear();
    this.fault.value = {};
    this.confidence.value = 0;
    this.comment.value = "";
    this.disarm();
  }

  private fill(d: Partial<Draft>): void {
    this.regions.value = d.regions ?? [];
    this.links.restore(d.regions ?? []);
    this.fault.value = d.fault ?? {};
    this.confidence.value = d.confidence ?? 0;
    this.comment.value = d.comment ?? "";
    this.chosen.value = d.classes?.[0] ?? null;
  }

  private async recall(row: Row): Promise<void> {
    const labels = await this.deps.labels(row.id).catch(() => []);
    const newest = labels.at(-1);
    if (!newest || this.item.peek()?.id !== row.id) return;
    this.confirmed(newest);
    this.previous.value = newest;
    if (this.regions.peek().length === 0) this.fill(newest);
  }

  private async resume(row: Row): Promise<void> {
    const work = await this.deps.work.get(row.id).catch(() => undefined);
    if (work && work.by === this.deps.person() && this.item.peek()?.id === row.id && this.regions.peek().length === 0) this.fill(work.draft);
  }

  /** Unfinished work goes to this panel's disk a moment after it changed. */
  private keepWork(): void {
    const put = settle((w: Work) => {
      if (this.item.peek()?.id === w.item) void this.deps.work.put(w).catch(() => undefined); // a convenience, not a promise
    }, 400);
    effect(() => {
      const draft: Partial<Draft> = { regions: this.links.applied(this.regions.value), fault: this.fault.value, confidence: this.confidence.value, comment: this.comment.value };
      const item = this.item.peek();
      const by = this.deps.person();
      const empty = this.regions.value.length === 0 && !this.comment.value && Object.keys(this.fault.value).length === 0;
      if (item && by && !empty) put({ item: item.id, by, saved: this.deps.now(), draft });
    });
  }
}

const classed = (r: Region, id: string): Region => ({ ...r, class: id });
