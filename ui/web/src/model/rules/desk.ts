// The rules that watch the signals: how often they are right, and what a person may change about them.

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { msToNs } from "../../lib/num";
import { type Code, wireError } from "../../wire/errors";
import type { Budget, Judged, Performance, Recall, Replay, Rule, Tuning } from "../../wire/rules";
import { standings, type Standing } from "./standing";

export type { Budget, Estimate, Judged, Recall, Replay, Rule, Setting, Tuning } from "../../wire/rules";
export type Show = "all" | "noisy" | "shelved";

export interface RulesWire {
  rules(): Promise<{ rules: Rule[]; budgets: Budget[] }>;
  performance(): Promise<Performance>;
  tunings(): Promise<Tuning[]>;
  shelve(rule: string, until: number, reason: string): Promise<Rule["service"]>;
  serve(rule: string, state: "in_service" | "out_of_service", reason: string): Promise<Rule["service"]>;
  beginReplay(rule: string, field: string): Promise<Replay>;
  replay(rule: string): Promise<Replay>;
  cancelReplay(rule: string): Promise<Replay>;
  tune(rule: string, field: string, value: number | null, reason: string): Promise<Tuning>;
}

export interface RulesDeps { wire: RulesWire; now(): number; later(f: () => void, ms: number): void; refused(err: unknown): void }

const pollEvery = 1000; // ms, while a replay runs

export class RuleDesk {
  readonly rules = signal<Rule[] | null>(null);
  readonly budgets = signal<Budget[]>([]);
  readonly judged = signal<Judged[]>([]);
  readonly recall = signal<Recall[]>([]); // how much of what people found was flagged
  readonly tunings = signal<Tuning[]>([]);
  readonly show = signal<Show>("all");
  readonly chosen = signal<string | null>(null); // name of a rule
  readonly replay = signal<Replay | null>(null); // of the chosen rule
  readonly trouble = signal<Code | null>(null); // the list did not come
  readonly failed = signal<Code | null>(null); // the newest change was not taken
  readonly busy = signal(false);
  readonly rows: ReadonlySignal<Standing[]>;
  readonly open: ReadonlySignal<Standing | undefined>;
  private round = 0; // of the replay that counts

  constructor(private readonly deps: RulesDeps) {
    const all = computed(() => standings(this.rules.value ?? [], this.judged.value, this.tunings.value));
    this.rows = computed(() => all.value.filter((s) => this.show.value === "all" || (this.show.value === "noisy" ? s.noisy : s.rule.service.state !== "in_service")));
    this.open = computed(() => all.value.find((s) => s.rule.name === this.chosen.value));
  }

  /** Reads everything again. What verdicts say is left out where the gateway does not reckon it. */
  async read(): Promise<void> {
    const { wire } = this.deps;
    try {
      const [{ rules, budgets }, performance, tunings] = await Promise.all([wire.rules(), wire.performance().catch(() => null), wire.tunings().catch(() => [])]);
      batch(() => {
        this.rules.value = rules;
        this.budgets.value = budgets;
        this.judged.value = performance?.rules ?? [];
        this.recall.value = performance?.recall ?? [];
        this.tunings.value = tunings;
        this.trouble.value = null;
      });
    } catch (err) {
      this.trouble.value = wireError(err).code;
      this.deps.refused(err);
    }
  }

  choose(rule: string | null): void {
    this.round++;
    batch(() => {
      this.chosen.value = rule;
      this.replay.value = null;
      this.failed.value = null;
    });
    if (rule !== null) void this.follow(rule);
  }

  /** hours 0 takes the rule from the shelf. */
  shelve(hours: number, reason: string): Promise<boolean> {
    const until = hours === 0 ? 0 : msToNs(this.deps.now() + hours * 3600_000);
    return this.change((rule) => this.deps.wire.shelve(rule, until, reason));
  }

  serve(state: "in_service" | "out_of_service", reason: string): Promise<boolean> {
    return this.change((rule) => this.deps.wire.serve(rule, state, reason));
  }

  /** Lets a value hold from now on; null takes it back. */
  tune(field: string, value: number | null, reason: string): Promise<boolean> {
    return this.change((rule) => this.deps.wire.tune(rule, field, value, reason));
  }

  async begin(field: string): Promise<void> {
    const rule = this.chosen.peek();
    if (rule === null) return;
    if (await this.change(async (name) => (this.replay.value = await this.deps.wire.beginReplay(name, field)))) void this.follow(rule);
  }

  async cancel(): Promise<void> {
    const rule = this.chosen.peek();
    if (rule !== null) this.replay.value = await this.deps.wire.cancelReplay(rule).catch(() => this.replay.peek());
  }

  private async change(act: (rule: string) => Promise<unknown>): Promise<boolean> {
    const rule = this.chosen.peek();
    if (rule === null || this.busy.peek()) return false;
    this.busy.value = true;
    try {
      await act(rule);
      this.failed.value = null;
      await this.read();
      return true;
    } catch (err) {
      this.failed.value = wireError(err).code;
      this.deps.refused(err);
      return false;
    } finally {
      this.busy.value = false;
    }
  }

  /** Asks how the replay stands until it is over; a rule that was never replayed has none. */
  private async follow(rule: string): Promise<void> {
    const mine = ++this.round;
    const replay = await this.deps.wire.replay(rule).catch(() => null);
    if (mine !== this.round) return;
    this.replay.value = replay ?? this.replay.peek();
    if (replay?.state === "running") this.deps.later(() => mine === this.round && void this.follow(rule), pollEvery);
  }
}

