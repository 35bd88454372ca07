// Which findings of a joint item show one cause: those that a person linked, or all on the picture with all on the signals.

import { signal, type Signal } from "@preact/signals-core";
import { onImage } from "./proposals";
import type { Region } from "./types";

type Pair = readonly [string, string];

export class Links {
  readonly all = signal(false);
  private readonly pairs: Signal<readonly Pair[]> = signal([]);

  /** The ids that a region is linked with, by pairs. */
  of(id: string): string[] {
    return this.pairs.value.flatMap(([a, b]) => (a === id ? [b] : b === id ? [a] : []));
  }

  /** Links two regions, or takes them apart. */
  toggle(a: string, b: string): void {
    const others = this.pairs.peek().filter((p) => !(p.includes(a) && p.includes(b)));
    this.pairs.value = others.length < this.pairs.peek().length ? others : [...others, [a, b]];
  }

  clear(): void {
    this.all.value = false;
    this.pairs.value = [];
  }

  /** Takes the links that regions of an earlier label carry. */
  restore(regions: readonly Region[]): void {
    this.clear();
    this.pairs.value = regions.flatMap((r) => (r.links ?? []).filter((id) => r.id < id || !regions.some((o) => o.id === id)).map((id): Pair => [r.id, id]));
  }

  /** The regions with their links, to those among them only. */
  applied(regions: readonly Region[]): Region[] {
    return regions.map((r) => {
      const { links: _, ...rest } = r;
      const across = this.all.value ? regions.filter((o) => onImage(o) !== onImage(r)).map((o) => o.id) : [];
      const own = this.of(r.id).filter((id) => regions.some((o) => o.id === id));
      const links = [...new Set([...across, ...own])];
      return links.length > 0 ? { ...rest, links } : rest;
    });
  }
}
