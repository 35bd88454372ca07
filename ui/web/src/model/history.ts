// The items that have labels, newest first, with filters.

import { signal } from "@preact/signals-core";
import type { ItemQuery } from "../wire/api";
import { type Code, wireError } from "../wire/errors";
import type { Kind, Page, Row, State, Verdict } from "./types";

export interface Filter { verdict: Verdict | ""; class: string; kind: Kind | "" }

const pageSize = 30;
const states: readonly State[] = ["labeled", "synced"];

export class History {
  readonly filter = signal<Filter>({ verdict: "", class: "", kind: "" });
  readonly rows = signal<Row[]>([]);
  readonly more = signal(false);
  readonly loading = signal(false);
  readonly trouble = signal<Code | null>(null);

  private cursors = new Map<State, string>(); // where each state's list goes on; absent at its end
  private ahead: Row[] = []; // read, but older than what the other list has still to give
  private round = 0;

  constructor(private readonly wire: { items(q: ItemQuery): Promise<Page> }) {}

  async choose(filter: Partial<Filter>): Promise<void> {
    this.filter.value = { ...this.filter.peek(), ...filter };
    await this.restart();
  }

  async restart(): Promise<void> {
    this.ahead = [];
    await this.read(states.map((s) => [s, ""]), []);
  }

  async next(): Promise<void> {
    await this.read([...this.cursors], this.rows.peek());
  }

  private async read(lists: [State, string][], before: Row[]): Promise<void> {
    const mine = ++this.round;
    this.loading.value = true;
    try {
      const pages = await Promise.all(lists.map(async ([state, cursor]) => ({ state, page: await this.wire.items(this.query(state, cursor)) })));
      if (mine !== this.round) return;
      this.trouble.value = null;
      this.cursors = new Map(pages.filter((p) => p.page.next).map((p) => [p.state, p.page.next ?? ""]));
      const oldest = pages.filter((p) => p.page.next).map((p) => p.page.items.at(-1)?.id ?? "");
      const safe = oldest.reduce((a, b) => (a > b ? a : b), ""); // nothing newer than this is still to come
      const all = [...this.ahead, ...pages.flatMap((p) => p.page.items)].sort((a, b) => (a.id < b.id ? 1 : -1));
      this.ahead = all.filter((r) => r.id < safe);
      this.rows.value = [...before, ...all.filter((r) => r.id >= safe)];
      this.more.value = this.cursors.size > 0;
    } catch (err) {
      if (mine === this.round) this.trouble.value = wireError(err).code;
    } finally {
      if (mine === this.round) this.loading.value = false;
    }
  }

  private query(state: State, cursor: string): ItemQuery {
    const f = this.filter.peek();
    const q: ItemQuery = { state, order: "newest", limit: pageSize };
    if (cursor) q.cursor = cursor;
    if (f.verdict) q.verdict = f.verdict;
    if (f.class) q.class = f.class;
    if (f.kind) q.kind = f.kind;
    return q;
  }
}
