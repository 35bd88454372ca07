// Rules and detectors: what they flag, how often they are right, and what people changed about them.

import type { Http } from "./http";

/** A share with its 95 % interval; n cases stand behind it. */
export interface Estimate { value: number; low: number; high: number; n: number }

export interface Rule {
  name: string;
  tag: string; // empty: all signals of the asset together
  asset: string;
  kind: string;
  severity: number;
  when: string;
  candidates: number; // since the agent's start
  open: boolean;
  last: number; // UTC ns, onset of the newest candidate
  lastDay: number; // candidates of the last 24 hours
  chattering: boolean; // three candidates in a minute, within the last hour
  factor: number; // what a budget multiplies the threshold with; 0 where none does
  blocked: string; // signal whose bad value keeps the rule from being judged
  falseSignals: { perPoint: number; every: number /* s */; autocorrelation: number; thin: number; points: number; signals: number } | null;
  service: { state: "in_service" | "shelved" | "out_of_service"; until: number; reason: string; by: string; at: number };
}

/** About how many candidates of an asset are wanted in `per` seconds with samples, and how that goes. */
export interface Budget {
  asset: string;
  candidates: number;
  per: number; // s
  promised: number | null; // in per; null while too little is known
  observed: number; // in per
  over: number; // s that observed is about
  rules: number;
  fitted: number; // of them, whose threshold follows from what the signal did
}

/** What verdicts say about one rule, or with an empty rule about all of a detector. */
export interface Judged { rule: string; detector: string; asset: string; confirmed: number; rejected: number; undecided: number; waiting: number; precision: Estimate | null }
export interface Recall { asset: string; camera: string; drawn: number; judged: number; missed: number; flagged: number; recall: Estimate | null }
export interface Performance { from: number; to: number; items: number; more: boolean; rules: Judged[] | null; detectors: Judged[] | null; recall: Recall[] | null }

/** A value that a person gave to a rule; null: taken back. */
export interface Tuning { rule: string; field: string; value: number | null; was: number; reason: string; by: string; at: number }

/** What a rule would have flagged in the stored history with another value. */
export interface Setting { value: number; candidates: number; confirmed: number; rejected: number; unjudged: number; now?: boolean; proposed?: boolean }
export interface Replay {
  rule: string;
  field: string;
  fields: string[] | null;
  state: "running" | "done" | "cancelled" | "failed";
  error?: string;
  from: number;
  to: number;
  done: number; // part
  confirmed: number; // among the judged of the period
  rejected: number;
  settings: Setting[] | null;
}

const at = (rule: string, what: string): string => `/rules/${encodeURIComponent(rule)}/${what}`;

export class RulesApi {
  constructor(private readonly http: Http) {}

  async rules(): Promise<{ rules: Rule[]; budgets: Budget[] }> {
    const got = await this.http.json<{ rules: Rule[] | null; budgets?: Budget[] | null }>("/rules");
    return { rules: got.rules ?? [], budgets: got.budgets ?? [] };
  }
  performance(): Promise<Performance> {
    return this.http.json("/detectors");
  }
  async tunings(): Promise<Tuning[]> {
    return (await this.http.json<{ tunings: Tuning[] | null }>("/tunings")).tunings ?? [];
  }

  /** until in UTC ns; 0 takes the rule from the shelf. */
  shelve(rule: string, until: number, reason: string): Promise<Rule["service"]> {
    return this.http.json(at(rule, "shelve"), { method: "POST", body: { until, reason } });
  }
  serve(rule: string, state: "in_service" | "out_of_service", reason: string): Promise<Rule["service"]> {
    return this.http.json(at(rule, "service"), { method: "PUT", body: { state, reason } });
  }

  beginReplay(rule: string, field: string): Promise<Replay> {
    return this.http.json(at(rule, "replay"), { method: "POST", body: { field, from: 0, to: 0 } });
  }
  replay(rule: string): Promise<Replay> {
    return this.http.json(at(rule, "replay"));
  }
  cancelReplay(rule: string): Promise<Replay> {
    return this.http.json(at(rule, "replay"), { method: "DELETE" });
  }
  tune(rule: string, field: string, value: number | null, reason: string): Promise<Tuning> {
    return this.http.json(at(rule, "tuning"), { method: "PUT", body: { field, value, reason } });
  }
}
