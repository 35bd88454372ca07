// What waits for a second person, and what is being compared.

import { batch, signal } from "@preact/signals-core";
import { type Code, wireError } from "../wire/errors";
import type { Pair, Task } from "./review";
import type { Draft, Label, ReviewList, Row } from "./types";

export interface ReviewWire {
  reviews(state: "due" | "disputed"): Promise<ReviewList>;
  item(id: string): Promise<{ item: Row; labels: Label[] }>;
}

export class Reviews {
  readonly state = signal<"due" | "disputed">("due");
  readonly rows = signal<Row[]>([]);
  readonly counts = signal({ due: 0, disputed: 0 });
  readonly more = signal(false);
  readonly blind = signal(false);
  readonly loading = signal(false);
  readonly trouble = signal<Code | null>(null);
  readonly pair = signal<Pair | null>(null); // two opinions on screen
  readonly asking = signal(false); // a label is to be sent back: why?

  private readonly over = new Set<string>(); // reviewed here; the gateway may not have it yet
  private round = 0;

  constructor(private readonly wire: ReviewWire, private readonly person: () => string | undefined) {}

  async choose(state: "due" | "disputed"): Promise<void> {
    this.state.value = state;
    this.rows.value = [];
    await this.read();
  }

  async read(): Promise<void> {
    const mine = ++this.round;
    this.loading.value = true;
    try {
      const list = await this.wire.reviews(this.state.peek());
      if (mine !== this.round) return;
      batch(() => {
        this.rows.value = list.items.filter((r) => !this.over.has(r.id));
        this.counts.value = { due: list.due, disputed: list.disputed };
        this.more.value = list.more;
        this.blind.value = list.blind;
        this.trouble.value = null;
      });
    } catch (err) {
      if (mine === this.round) this.trouble.value = wireError(err).code;
    } finally {
      if (mine === this.round) this.loading.value = false;
    }
  }

  /** What is asked of the person with this row; undefined when two opinions are to be compared first, or it was judged meanwhile. */
  async begin(row: Row): Promise<Task | undefined> {
    this.asking.value = false;
    this.pair.value = null;
    if (this.state.peek() === "due" && this.blind.peek()) return { of: row.labels, mode: "blind" };
    const { item, labels } = await this.wire.item(row.id);
    const newest = labels.at(-1);
    if (!newest || newest.by.id === this.person()) return void this.done(row.id);
    if (this.state.peek() === "due") return { of: newest.rev, mode: "open", first: said(newest) };
    const first = labels[(newest.review?.of ?? 0) - 1];
    if (!first) return void this.done(row.id);
    this.pair.value = { row: item, first, second: newest };
    return undefined;
  }

  /** The row needs nobody any more. */
  done(id: string): void {
    batch(() => {
      this.over.add(id);
      const had = this.rows.peek().some((r) => r.id === id);
      this.rows.value = this.rows.peek().filter((r) => r.id !== id);
      if (this.pair.peek()?.row.id === id) this.pair.value = null;
      this.asking.value = false;
      const state = this.state.peek();
      if (had) this.counts.value = { ...this.counts.peek(), [state]: Math.max(0, this.counts.peek()[state] - 1) };
    });
  }

  /** The judgement came back: it waits again. */
  again(id: string): void {
    this.over.delete(id);
  }
}

/** The first label as a draft to start from; what its author wrote stays theirs. */
const said = ({ verdict, classes, regions, fault, parent, taxonomy }: Label): Draft => {
  const draft: Draft = { verdict, parent, taxonomy };
  if (classes) draft.classes = classes;
  if (regions) draft.regions = regions;
  if (fault) draft.fault = fault;
  return draft;
};
