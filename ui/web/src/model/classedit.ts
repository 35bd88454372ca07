// A copy of the taxonomy that an admin changes: names, keys, order, retiring. Ids never change, and nothing is ever deleted.

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { type Code, wireError } from "../wire/errors";
import type { Class, Taxonomy, Term } from "./types";
import { soundKeys, verdictKeysOf } from "./verdictkeys";

/** What keeps a class from being saved. */
export type Flaw = "name" | "key" | "twice" | "attribute";

/** What a taxonomy holds beside its classes. */
export type Rest = Pick<Taxonomy, "modes" | "mechanisms" | "causes" | "equipment" | "mappings" | "keys">;
export type Vocabulary = "modes" | "mechanisms" | "causes";

export interface ClassEditDeps {
  packs(): Promise<Taxonomy[]>;
  put(t: Taxonomy): Promise<Taxonomy>;
  read(): Promise<Taxonomy>;
  saved(t: Taxonomy): void;
  refused(err: unknown): void;
}

const idShape = /^[a-z0-9.-]{1,64}$/;
const keyShape = /^[0-9a-z]{0,2}$/;

export class ClassEdit {
  readonly before = signal<Taxonomy | null>(null); // what the copy was made of
  readonly classes = signal<readonly Class[]>([]);
  readonly rest = signal<Rest>({});
  readonly packs = signal<Taxonomy[]>([]);
  readonly keysSound: ReadonlySignal<boolean>;
  readonly busy = signal(false);
  readonly trouble = signal<Code | null>(null);
  readonly done = signal(0); // revision that the newest save made; 0 when nothing was saved
  readonly changed: ReadonlySignal<boolean>;
  readonly flaws: ReadonlySignal<ReadonlyMap<string, Flaw>>; // by class id

  constructor(private readonly deps: ClassEditDeps) {
    this.changed = computed(() => JSON.stringify([this.classes.value, this.rest.value]) !== JSON.stringify([this.before.value?.classes ?? [], restOf(this.before.value)]));
    this.keysSound = computed(() => soundKeys(verdictKeysOf(this.rest.value)));
    this.flaws = computed(() => flawsOf(this.classes.value));
  }

  /** Begins with the taxonomy on screen, unless something is being changed already. */
  begin(t: Taxonomy | null): void {
    if (t && !(this.before.peek() && this.changed.peek())) this.take(t);
  }

  /** Throws away what was changed and begins with what the gateway has now. */
  async restart(): Promise<void> {
    try {
      const now = await this.deps.read();
      this.deps.saved(now);
      this.take(now);
    } catch (err) {
      this.fail(err);
    }
  }

  edit(id: string, change: Partial<Omit<Class, "id">>): void {
    this.write(this.classes.peek().map((c) => (c.id === id ? { ...c, ...change } : c)));
  }

  move(id: string, by: 1 | -1): void {
    const all = [...this.classes.peek()];
    const at = all.findIndex((c) => c.id === id);
    const [mine, other] = [all[at], all[at + by]];
    if (!mine || !other) return;
    [all[at], all[at + by]] = [other, mine];
    this.write(all);
  }

  /** Adds a class with an id that nobody had; false when the id cannot be one. */
  add(id: string, on: "image" | "signal"): boolean {
    if (!idShape.test(id) || this.classes.peek().some((c) => c.id === id)) return false;
    this.write([...this.classes.peek(), { id, name: { "zh-CN": "", en: "" }, on }]);
    return true;
  }

  /** A class that was added here and not saved yet can still be taken back; every other one can only be retired. */
  isNew(id: string): boolean {
    return !this.before.value?.classes?.some((c) => c.id === id);
  }

  /** Retires a class for good: its labels follow it into one other, or stay for a person where it is split into several. */
  merge(id: string, to: string[]): void {
    const others = (this.rest.peek().mappings ?? []).filter((m) => m.from !== id);
    if (to.length === 0 || to.includes(id)) return this.change({ mappings: others });
    this.edit(id, { retired: true });
    this.change({ mappings: [...others, { from: id, to }] });
  }

  /** Takes a class from what is offered, or puts it back; what is offered is merged into nothing. */
  retire(id: string, retired: boolean): void {
    if (!retired && this.mappedTo(id).length > 0) this.merge(id, []);
    this.edit(id, { retired });
  }

  mappedTo(id: string): string[] {
    return this.rest.value.mappings?.find((m) => m.from === id)?.to ?? [];
  }

  change(rest: Partial<Rest>): void {
    batch(() => {
      this.rest.value = { ...this.rest.peek(), ...rest };
      this.done.value = 0;
    });
  }

  editTerm(which: Vocabulary, id: string, change: Partial<Omit<Term, "id">>): void {
    this.change({ [which]: (this.rest.peek()[which] ?? []).map((t) => (t.id === id ? { ...t, ...change } : t)) });
  }

  addTerm(which: Vocabulary, id: string): boolean {
    const terms = this.rest.peek()[which] ?? [];
    if (!idShape.test(id) || terms.some((t) => t.id === id)) return false;
    this.change({ [which]: [...terms, { id, name: { "zh-CN": "", en: "" } }] });
    return true;
  }

  async readPacks(): Promise<void> {
    this.packs.value = await this.deps.packs().catch((err: unknown) => (this.fail(err), []));
  }

  /** Adds what a starter pack has and this taxonomy has not; a key that is taken is left out. */
  usePack(pack: Taxonomy): number {
    const known = new Set(this.classes.peek().map((c) => c.id));
    const added = (pack.classes ?? []).filter((c) => !known.has(c.id));
    let classes = [...this.classes.peek()];
    for (const c of added) {
      const { hotkey: _, ...plain } = c;
      classes = flawsOf([...classes, c]).has(c.id) ? [...classes, plain] : [...classes, c];
    }
    const more = (which: Vocabulary): Term[] => {
      const mine = this.rest.peek()[which] ?? [];
      return [...mine, ...(pack[which] ?? []).filter((t) => !mine.some((m) => m.id === t.id))];
    };
    batch(() => {
      this.write(classes);
      this.change({ modes: more("modes"), mechanisms: more("mechanisms"), causes: more("causes") });
    });
    return added.length;
  }

  drop(id: string): void {
    if (this.isNew(id)) this.write(this.classes.peek().filter((c) => c.id !== id));
  }

  /** Saves the copy as the next revision. On a conflict the changes stay, and are laid over the newer revision. */
  async save(): Promise<boolean> {
    const before = this.before.peek();
    if (!before || this.busy.peek() || !this.changed.peek() || this.flaws.peek().size > 0 || !this.keysSound.peek()) return false;
    this.busy.value = true;
    try {
      const next = await this.deps.put({ ...before, ...this.rest.peek(), classes: [...this.classes.peek()] });
      batch(() => {
        this.deps.saved(next);
        this.take(next);
        this.done.value = next.revision;
      });
      return true;
    } catch (err) {
      if (wireError(err).code === "conflict") await this.rebase(before);
      this.fail(err);
      return false;
    } finally {
      this.busy.value = false;
    }
  }

  /** Lays what was changed here over the newest revision: class by class, what was changed here wins; new ones of both stay. */
  private async rebase(before: Taxonomy): Promise<void> {
    const newest = await this.deps.read().catch(() => undefined); // without it the next save says so again
    if (!newest) return;
    const was = new Map((before.classes ?? []).map((c) => [c.id, JSON.stringify(c)]));
    const theirs = new Map((newest.classes ?? []).map((c) => [c.id, c]));
    const mine = this.classes.peek().map((c) => (JSON.stringify(c) === was.get(c.id) ? (theirs.get(c.id) ?? c) : c));
    const added = (newest.classes ?? []).filter((c) => !mine.some((m) => m.id === c.id));
    const [old, mineRest, theirRest] = [restOf(before), this.rest.peek(), restOf(newest)];
    const chosen = (field: keyof Rest): boolean => JSON.stringify(mineRest[field]) !== JSON.stringify(old[field]);
    batch(() => {
      this.deps.saved(newest);
      this.before.value = newest;
      this.rest.value = Object.fromEntries((Object.keys(old) as (keyof Rest)[]).map((f) => [f, chosen(f) ? mineRest[f] : theirRest[f]]));
      this.classes.value = [...mine, ...added];
    });
  }

  private take(t: Taxonomy): void {
    batch(() => {
      this.before.value = t;
      this.classes.value = t.classes ?? [];
      this.rest.value = restOf(t);
      this.trouble.value = null;
    });
  }

  private write(classes: readonly Class[]): void {
    batch(() => {
      this.classes.value = classes;
      this.done.value = 0;
    });
  }

  private fail(err: unknown): void {
    this.trouble.value = wireError(err).code;
    this.deps.refused(err);
  }
}

/** The parts of a taxonomy beside its classes, each there. */
const restOf = (t: Taxonomy | null): Required<Rest> => ({ modes: t?.modes ?? [], mechanisms: t?.mechanisms ?? [], causes: t?.causes ?? [], equipment: t?.equipment ?? {}, mappings: t?.mappings ?? [], keys: t?.keys ?? {} });

const flawsOf = (classes: readonly Class[]): Map<string, Flaw> => {
  const flaws = new Map<string, Flaw>();
  const keys = new Set<string>();
  for (const c of classes) {
    if (!c.name["zh-CN"].trim() || !c.name.en.trim()) flaws.set(c.id, "name");
    if (c.attributes?.some((a) => !a.name["zh-CN"].trim() || !a.name.en.trim() || a.values.length === 0)) flaws.set(c.id, "attribute");
    if (c.retired || !c.hotkey) continue;
    if (!keyShape.test(c.hotkey)) flaws.set(c.id, "key");
    for (const on of ["image", "signal"].filter((k) => !c.on || c.on === "both" || c.on === k)) {
      if (keys.has(on + c.hotkey)) flaws.set(c.id, "twice");
      keys.add(on + c.hotkey);
    }
  }
  return flaws;
};
