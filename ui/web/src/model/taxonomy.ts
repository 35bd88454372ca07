// The classes and fault words on offer, in the language on screen.

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type { Lang } from "./prefs";
import type { ClassView } from "./stage";
import type { Class, Taxonomy, Term, Text } from "./types";
import { type VerdictKeys, verdictKeysOf } from "./verdictkeys";

export interface TermView { id: string; code: string; name: string }

export const say = (text: Text | undefined, lang: Lang): string => (text ? text[lang] || text.en || text["zh-CN"] : "");

const fits = (c: Class, onPicture: boolean): boolean => !c.on || c.on === "both" || (c.on === "image") === onPicture;

export class Classes {
  readonly taxonomy = signal<Taxonomy | null>(null);
  readonly keys: ReadonlySignal<VerdictKeys> = computed(() => verdictKeysOf(this.taxonomy.value));
  private readonly views: ReadonlySignal<Map<string, ClassView>>;

  constructor(private readonly lang: ReadonlySignal<Lang>) {
    this.views = computed(() => new Map((this.taxonomy.value?.classes ?? []).map((c) => [c.id, this.view(c)])));
  }

  /** The class with the id, retired or not; undefined when this taxonomy never had it. */
  of(id: string): ClassView | undefined {
    return this.views.value.get(id);
  }

  /** The classes as people call them; the id of one that this taxonomy never had. */
  names(ids: readonly string[] | null | undefined): string[] {
    return (ids ?? []).map((id) => this.of(id)?.name ?? id);
  }

  /** What is offered for a picture or for signals, in the taxonomy's order. Classes without a hotkey get the free digits. */
  offered(onPicture: boolean): ClassView[] {
    const offered = (this.taxonomy.value?.classes ?? []).filter((c) => !c.retired && fits(c, onPicture));
    const taken = new Set(offered.map((c) => c.hotkey));
    const free = [..."123456789"].filter((d) => !taken.has(d));
    return offered.map((c) => ({ ...this.view(c), key: c.hotkey || (free.shift() ?? "") }));
  }

  /** Whether a class may stand on a picture, or on signals. */
  suits(id: string, onPicture: boolean): boolean {
    const c = this.taxonomy.peek()?.classes?.find((k) => k.id === id);
    return !c || fits(c, onPicture);
  }

  /** All that the taxonomy says of a class. */
  detail(id: string): Class | undefined {
    return this.taxonomy.value?.classes?.find((c) => c.id === id);
  }

  /** The kind of equipment that an asset is; empty where nobody said. */
  equipmentOf(asset: string | null | undefined): string {
    return (asset && this.taxonomy.value?.equipment?.[asset]) || "";
  }

  /** The fault terms on offer; with a kind of equipment those that are about it, or about all. */
  terms(which: "modes" | "mechanisms" | "causes", equipment = ""): TermView[] {
    const fitting = (t: Term): boolean => !equipment || !t.equipment?.length || t.equipment.includes(equipment);
    return (this.taxonomy.value?.[which] ?? []).filter(fitting).map((t) => ({ id: t.id, code: t.code ?? "", name: say(t.name, this.lang.value) }));
  }

  get revision(): number {
    return this.taxonomy.peek()?.revision ?? 0;
  }

  private view(c: Class): ClassView {
    const view: ClassView = { id: c.id, name: say(c.name, this.lang.value), key: c.hotkey ?? "", icon: c.icon ?? "" };
    if (c.limit) view.limit = c.limit;
    if (c.color) view.color = c.color;
    return view;
  }
}
