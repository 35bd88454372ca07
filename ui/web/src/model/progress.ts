// What was judged in a period, as the gateway counted it.

import { batch, signal } from "@preact/signals-core";
import type { StatsQuery } from "../wire/api";
import { type Code, wireError } from "../wire/errors";
import type { Stats } from "./types";

export type Figure = "pareto" | "map" | "chart" | "mine";
export const periods = [8, 24, 168, 720] as const; // hours

export interface Filter { hours: number; line: string; station: string; asset: string; camera: string }

export class Progress {
  readonly filter = signal<Filter>({ hours: 24, line: "", station: "", asset: "", camera: "" });
  readonly figure = signal<Figure>("pareto");
  readonly stats = signal<Stats | null>(null);
  readonly loading = signal(false);
  readonly trouble = signal<Code | null>(null);
  private round = 0;

  constructor(private readonly wire: { stats(q: StatsQuery): Promise<Stats> }, private readonly now: () => number) {}

  async choose(change: Partial<Filter>): Promise<void> {
    this.filter.value = { ...this.filter.peek(), ...change };
    await this.read();
  }

  async read(): Promise<void> {
    const mine = ++this.round;
    const { hours, ...where } = this.filter.peek();
    const to = this.now();
    this.loading.value = true;
    try {
      const stats = await this.wire.stats({ from: (to - hours * 3600_000) * 1e6, to: to * 1e6, ...where });
      if (mine !== this.round) return;
      batch(() => {
        this.stats.value = stats;
        this.trouble.value = null;
      });
    } catch (err) {
      if (mine === this.round) this.trouble.value = wireError(err).code;
    } finally {
      if (mine === this.round) this.loading.value = false;
    }
  }
}

export interface Bar { name: string; n: number; share: number; sum: number /* share of this and all before */ }

/** The bars of a Pareto chart: at most `most`, the last of them holding the rest. */
export const paretoOf = (classes: Stats["classes"], most: number, name: (id: string) => string, rest: string): Bar[] => {
  const all = classes.reduce((n, c) => n + c.n, 0);
  const head = classes.length > most ? classes.slice(0, most - 1) : classes;
  const tail = classes.slice(head.length).reduce((n, c) => n + c.n, 0);
  const bars = [...head.map((c) => ({ name: name(c.class), n: c.n })), ...(tail > 0 ? [{ name: rest, n: tail }] : [])];
  let sum = 0;
  return bars.map((b) => ({ ...b, share: b.n / all, sum: (sum += b.n) / all }));
};

/** Whether a point of the p-chart lies outside of its control limits. */
export const outside = (g: Stats["groups"][number]): boolean => g.notOK / g.n > g.upper || g.notOK / g.n < g.lower;
