// The stretch of signals that a person is marking, and what is said about it. It is kept on this panel until it is saved or discarded.

import { batch, computed, effect, type ReadonlySignal, signal, type Signal } from "@preact/signals-core";
import { settle } from "../../lib/debounce";
import { msToNs } from "../../lib/num";
import type { Work } from "../../wire/db";
import type { FaultPad } from "../faultpad";
import type { ClassView } from "../stage";
import type { Confidence, Draft, Fault, Input, Region } from "../types";

export interface StretchDeps {
  work: { get(item: string): Promise<Work | undefined>; put(w: Work): Promise<void>; drop(item: string): Promise<void> };
  person(): string | undefined;
  taxonomy(): number;
  classes(): ClassView[];
  input(): Input;
  terminal: string;
  now(): number; // ms
}

export class Stretch implements FaultPad {
  readonly regions = signal<Region[]>([]); // none or one
  readonly selected = signal<string | null>(null); // the stretch, or a band
  readonly fault = signal<Fault>({});
  readonly confidence = signal<Confidence>(0);
  readonly comment = signal("");
  readonly region: ReadonlySignal<Region | undefined>;
  readonly held: ReadonlySignal<string | undefined>;
  readonly said: ReadonlySignal<string | undefined>;

  private opened = 0; // ms, when it was begun

  constructor(readonly asset: Signal<string | null>, private readonly deps: StretchDeps) {
    this.region = computed(() => this.regions.value[0]);
    this.held = computed(() => this.region.value?.class);
    this.said = this.held;
    this.keep();
  }

  /** What the lanes hold now: of several stretches the newest counts, with the class that was said before. */
  marked(regions: Region[]): void {
    const last = regions.at(-1);
    const before = this.region.peek();
    if (!last) return this.clear();
    if (!before) this.opened = this.deps.now();
    const classId = last.class ?? before?.class;
    this.regions.value = [classId ? { ...last, class: classId } : last];
  }

  classes(): ClassView[] {
    return this.deps.classes();
  }

  pick(id: string): boolean {
    const region = this.region.peek();
    if (!region) return false;
    const { class: before, ...rest } = region;
    this.regions.value = [before === id ? rest : { ...rest, class: id }];
    return before !== id;
  }

  /** Deselects. False when nothing was selected; the stretch stays where it is. */
  leave(): boolean {
    if (this.selected.peek() === null) return false;
    this.selected.value = null;
    return true;
  }

  discard(): void {
    const asset = this.asset.peek();
    this.clear();
    if (asset !== null) void this.deps.work.drop(nameOf(asset));
  }

  /** The label of the item that is made of it. */
  draft(region: Region): Draft {
    const draft: Draft = {
      verdict: "not_ok", regions: [region], origin: "person", input: this.deps.input(), terminal: this.deps.terminal,
      opened: msToNs(this.opened || this.deps.now()), decided: msToNs(this.deps.now()), parent: 0, taxonomy: this.deps.taxonomy(),
    };
    const comment = this.comment.peek().trim();
    if (Object.values(this.fault.peek()).some(Boolean)) draft.fault = this.fault.peek();
    if (this.confidence.peek()) draft.confidence = this.confidence.peek();
    if (comment) draft.comment = comment;
    return draft;
  }

  clear(): void {
    batch(() => {
      this.regions.value = [];
      this.selected.value = null;
      this.fault.value = {};
      this.confidence.value = 0;
      this.comment.value = "";
    });
  }

  /** Brings back what this person left unfinished on the asset. */
  async resume(asset: string): Promise<void> {
    const work = await this.deps.work.get(nameOf(asset)).catch(() => undefined);
    const region = work?.draft.regions?.[0];
    if (!work || !region || work.by !== this.deps.person() || this.asset.peek() !== asset || this.region.peek()) return;
    batch(() => {
      this.opened = this.deps.now();
      this.regions.value = [region];
      this.selected.value = region.id;
      this.fault.value = work.draft.fault ?? {};
      this.confidence.value = work.draft.confidence ?? 0;
      this.comment.value = work.draft.comment ?? "";
    });
  }

  /** It goes to this panel's disk a moment after it changed. */
  private keep(): void {
    const put = settle((w: Work) => {
      if (this.region.peek()) void this.deps.work.put(w).catch(() => undefined); // a convenience, not a promise
    }, 400);
    effect(() => {
      const draft: Partial<Draft> = { regions: this.regions.value, fault: this.fault.value, confidence: this.confidence.value, comment: this.comment.value };
      const [asset, by] = [this.asset.peek(), this.deps.person()];
      if (asset !== null && by && this.regions.value.length > 0) put({ item: nameOf(asset), by, saved: this.deps.now(), draft });
    });
  }
}

const nameOf = (asset: string): string => `timeline/${asset}`;
