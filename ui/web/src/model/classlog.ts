// The revisions of the taxonomy and what each of them changed.

import { batch, signal } from "@preact/signals-core";
import { type Code, wireError } from "../wire/errors";
import type { Class, Taxonomy } from "./types";

export type Change = "added" | "retired" | "offered" | "name" | "hotkey" | "color" | "limit" | "on" | "merged" | "split" | "terms" | "keys" | "order";
export interface Entry { taxonomy: Taxonomy; changes: { what: Change; id: string }[] }

const page = 10; // revisions that are read at a time

export class ClassLog {
  readonly entries = signal<Entry[]>([]); // newest first
  readonly more = signal(false);
  readonly loading = signal(false);
  readonly trouble = signal<Code | null>(null);

  constructor(private readonly read: (revision: number) => Promise<Taxonomy>) {}

  async open(newest: Taxonomy | null): Promise<void> {
    this.entries.value = [];
    if (newest) await this.go(newest);
  }

  async next(): Promise<void> {
    const last = this.entries.peek().at(-1)?.taxonomy;
    if (last && last.revision > 1) await this.go(await this.read(last.revision - 1));
  }

  private async go(from: Taxonomy): Promise<void> {
    if (this.loading.peek()) return;
    this.loading.value = true;
    try {
      const added: Entry[] = [];
      for (let now: Taxonomy | undefined = from; now && added.length < page; ) {
        const before: Taxonomy | undefined = now.revision > 1 ? await this.read(now.revision - 1) : undefined;
        added.push({ taxonomy: now, changes: before ? changesOf(before, now) : [] });
        now = before;
      }
      batch(() => {
        this.entries.value = [...this.entries.peek(), ...added];
        this.more.value = (added.at(-1)?.taxonomy.revision ?? 1) > 1;
        this.trouble.value = null;
      });
    } catch (err) {
      this.trouble.value = wireError(err).code;
    } finally {
      this.loading.value = false;
    }
  }
}

/** What one revision changed, class by class. */
export const changesOf = (before: Taxonomy, now: Taxonomy): Entry["changes"] => {
  const was = new Map((before.classes ?? []).map((c) => [c.id, c]));
  const out = (now.classes ?? []).flatMap((c) => fieldsOf(was.get(c.id), c).map((what) => ({ what, id: c.id })));
  const mapped = new Set((before.mappings ?? []).map((m) => JSON.stringify(m)));
  for (const m of now.mappings ?? []) if (!mapped.has(JSON.stringify(m))) out.push({ what: m.to.length > 1 ? "split" : "merged", id: `${m.from} → ${m.to.join(", ")}` });
  for (const which of ["modes", "mechanisms", "causes"] as const) if (JSON.stringify(before[which] ?? []) !== JSON.stringify(now[which] ?? [])) out.push({ what: "terms", id: which });
  if (JSON.stringify(before.keys ?? {}) !== JSON.stringify(now.keys ?? {})) out.push({ what: "keys", id: "" });
  const order = (t: Taxonomy): string => (t.classes ?? []).map((c) => c.id).filter((id) => was.has(id)).join();
  if (order(before) !== order(now)) out.push({ what: "order", id: "" });
  return out;
};

const fieldsOf = (before: Class | undefined, now: Class): Change[] => {
  if (!before) return ["added"];
  const out: Change[] = [];
  if ((before.retired ?? false) !== (now.retired ?? false)) out.push(now.retired ? "retired" : "offered");
  if (before.name.en !== now.name.en || before.name["zh-CN"] !== now.name["zh-CN"]) out.push("name");
  for (const field of ["hotkey", "color", "limit", "on"] as const) if ((before[field] || "") !== (now[field] || "")) out.push(field);
  return out;
};
