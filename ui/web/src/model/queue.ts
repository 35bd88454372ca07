// The live page of open items. What is on screen never moves by itself: rows keep their place, judged ones stay dimmed, new ones join at
// the end.

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type { ItemQuery } from "../wire/api";
import { type Choice, fits, isNarrow, queryOf, wholeQueue } from "./choice";
import type { Claim, Label, Page, Row, Status, Verdict } from "./types";

export interface QueueRow { row: Row; done: Verdict | null }

export type Places = Readonly<Record<"lines" | "stations" | "assets" | "cameras", readonly string[]>>;

export interface QueueWire {
  items(query: ItemQuery): Promise<Page>;
  teaching(limit: number): Promise<Page>;
  item(id: string): Promise<{ item: Row; labels: Label[] }>;
}

const pageSize = 100;
const mostTeaching = 500; // rows that the gateway orders at a time, of which some are left out here
const keepJudged = 12; // judged rows kept above the current one
const mostJudged = 30; // judged rows in all: a page that nobody touches while others judge does not grow
const mostPlaces = 200;
const askAfter = 8; // rows that vanished are looked up one by one, at most so many at a time

export class Queue {
  readonly rows = signal<QueueRow[]>([]);
  readonly current = signal<string | null>(null);
  readonly loaded = signal(false);
  readonly choice = signal<Choice>(wholeQueue);
  readonly narrowed: ReadonlySignal<boolean>; // not all items are wanted
  readonly waiting: ReadonlySignal<number>;
  readonly atLeast: ReadonlySignal<boolean>; // more wait than `waiting` says
  readonly places = signal<Places>({ lines: [], stations: [], assets: [], cameras: [] }); // seen so far, to choose from
  private readonly more = signal(false); // the gateway holds more than this page
  private round = 0;

  constructor(private readonly wire: QueueWire, status: ReadonlySignal<Status | null>, private readonly now: () => number) {
    this.narrowed = computed(() => isNarrow(this.choice.value));
    this.atLeast = computed(() => this.more.value && this.narrowed.value);
    this.waiting = computed(() => {
      const here = this.rows.value.filter((r) => !r.done).length;
      return this.more.value && !this.narrowed.value ? Math.max(here, status.value?.queue.open ?? 0) : here;
    });
  }

  /** Forgets the rows: before other kinds or another order are read. The one time that rows may move. */
  clear(): void {
    this.rows.value = [];
    this.loaded.value = false;
  }

  /** Reads the page again and merges it. Rejects when the gateway does not answer; what is on screen stays. */
  async refresh(): Promise<void> {
    const mine = ++this.round;
    const page = await this.page();
    if (mine !== this.round) return; // a newer read is on its way
    const vanished = this.merge(page);
    this.see(page.items);
    this.more.value = Boolean(page.next);
    this.loaded.value = true;
    await Promise.all(vanished.slice(0, askAfter).map((id) => this.look(id)));
  }

  private async page(): Promise<Page> {
    const choice = this.choice.peek();
    if (choice.order !== "teaching") return this.wire.items(queryOf(choice, this.now(), pageSize));
    const page = await this.wire.teaching(isNarrow(choice) ? mostTeaching : pageSize);
    return { ...page, items: page.items.filter((r) => fits(r, choice, this.now())).slice(0, pageSize) };
  }

  /** Shows rows that were seen earlier, until the gateway says what there is. */
  restore(rows: readonly Row[]): void {
    this.rows.value = rows.map((row) => ({ row, done: null }));
  }

  /** Marks a row as judged here and now. */
  judged(id: string, verdict: Verdict | null): void {
    this.rows.value = this.rows.peek().map((r) => (r.row.id === id ? { ...r, done: verdict } : r));
  }

  /** Takes the newer standing of one row, for example a claim. */
  update(row: Row): void {
    this.rows.value = this.rows.peek().map((r) => (r.row.id === row.id ? { row, done: r.done } : r));
  }
  claimed(id: string, claim: Claim | undefined): void {
    const r = this.rows.peek().find((q) => q.row.id === id);
    if (!r) return;
    const row = { ...r.row };
    if (claim) row.claim = claim;
    else delete row.claim;
    this.update(row);
  }

  /** The row to open after `id`: the next that waits, preferably one that nobody else has on screen; then what was left behind. */
  after(id: string | null, busy: (row: Row) => boolean): Row | undefined {
    const rows = this.rows.peek();
    const at = rows.findIndex((r) => r.row.id === id);
    const waiting = [...rows.slice(at + 1), ...rows.slice(0, Math.max(at, 0))].filter((r) => !r.done).map((r) => r.row);
    return waiting.find((row) => !busy(row)) ?? waiting[0];
  }

  /** The rows that will be needed soon, nearest first. */
  ahead(id: string | null, n: number): Row[] {
    const rows = this.rows.peek();
    const at = rows.findIndex((r) => r.row.id === id);
    return rows.slice(at + 1).filter((r) => !r.done).slice(0, n).map((r) => r.row);
  }

  /** The neighbour of the current row, judged or not. */
  beside(step: 1 | -1): Row | undefined {
    const rows = this.rows.peek();
    const at = rows.findIndex((r) => r.row.id === this.current.peek());
    return at < 0 ? rows.find((r) => !r.done)?.row : rows[at + step]?.row;
  }

  find(id: string): QueueRow | undefined {
    return this.rows.peek().find((r) => r.row.id === id);
  }

  /** Remembers places to choose from. */
  see(rows: readonly Row[]): void {
    const known = this.places.peek();
    const images = rows.flatMap((r) => r.images ?? []);
    this.places.value = {
      lines: more(known.lines, rows.map((r) => r.place.line)),
      stations: more(known.stations, rows.map((r) => r.place.cell)),
      assets: more(known.assets, rows.map((r) => r.place.asset)),
      cameras: more(known.cameras, images.map((i) => i.camera)),
    };
  }

  private merge(page: Page): string[] {
    const fresh = new Map(page.items.map((row) => [row.id, row]));
    const old = this.rows.peek();
    const last = page.next ? old.findIndex((r) => r.row.id === page.items.at(-1)?.id) : old.length - 1;
    const vanished = old.filter((r, i) => i <= last && !r.done && !fresh.has(r.row.id)).map((r) => r.row.id);
    const kept = old.map((r) => ({ row: fresh.get(r.row.id) ?? r.row, done: r.done }));
    const known = new Set(old.map((r) => r.row.id));
    const joined = page.items.filter((row) => !known.has(row.id)).map((row) => ({ row, done: null }));
    this.rows.value = this.trim([...kept, ...joined]);
    return vanished;
  }

  private trim(rows: QueueRow[]): QueueRow[] {
    const at = rows.findIndex((r) => r.row.id === this.current.peek());
    const first = Math.max(0, (at < 0 ? rows.findIndex((r) => !r.done) : at) - keepJudged);
    const near = rows.filter((r, i) => i >= first || !r.done);
    if (near.filter((r) => r.done).length <= mostJudged) return near;
    const here = near.findIndex((r) => r.row.id === this.current.peek());
    return near.filter((r, i) => !r.done || i <= here + keepJudged);
  }

  /** Looks up a row that is no longer open: somebody else judged it, or it was dropped for space. */
  private async look(id: string): Promise<void> {
    try {
      const { item } = await this.wire.item(id);
      this.update(item);
      if (item.labels > 0) this.judged(id, item.verdict);
    } catch {
      if (this.current.peek() !== id) this.rows.value = this.rows.peek().filter((r) => r.row.id !== id);
    }
  }
}

const more = (known: readonly string[], found: readonly (string | undefined)[]): readonly string[] => {
  const all = new Set([...known, ...found.filter((f): f is string => Boolean(f))]);
  return all.size === known.length ? known : [...all].sort().slice(0, mostPlaces);
};
