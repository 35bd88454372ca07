import type { Judged, Rule, Tuning } from "../../wire/rules";

/** A rule with all that is known about it. */
export interface Standing {
  readonly rule: Rule;
  readonly judged: Judged | undefined;
  readonly tuned: readonly Tuning[]; // values of people that hold now
  readonly noisy: "chatters" | "often" | "wrong" | undefined; // why it should be looked at first
}

const OFTEN = 3; // times the usual number of candidates
const LEAST = 10; // candidates, below which nobody is a bad actor
const LEAST_JUDGED = 5;

/** Rules, those first that cost people the most time for nothing, then those that flag the most. */
export function standings(rules: readonly Rule[], judged: readonly Judged[], tunings: readonly Tuning[]): Standing[] {
  const counts = rules.map((r) => r.candidates).sort((a, b) => a - b);
  const usual = counts[counts.length >> 1] ?? 0;
  const all = rules.map((rule): Standing => {
    const said = judged.find((j) => j.rule === rule.name);
    return { rule, judged: said, tuned: holding(tunings, rule.name), noisy: noiseOf(rule, said, usual) };
  });
  const rank = (s: Standing): number => (s.noisy === "wrong" ? 2 : s.noisy ? 1 : 0);
  return all.sort((a, b) => rank(b) - rank(a) || b.rule.candidates - a.rule.candidates || (a.rule.name < b.rule.name ? -1 : 1));
}

/** Wrong: more often than not, as far as verdicts tell. Often: far above what the other rules do. */
function noiseOf(rule: Rule, said: Judged | undefined, usual: number): Standing["noisy"] {
  if (said?.precision && said.precision.n >= LEAST_JUDGED && said.precision.value < 0.5) return "wrong";
  if (rule.chattering) return "chatters";
  return rule.candidates >= LEAST && rule.candidates > OFTEN * Math.max(1, usual) ? "often" : undefined;
}

/** The newest value of each field, without those that were taken back. */
function holding(tunings: readonly Tuning[], rule: string): Tuning[] {
  const newest = new Map<string, Tuning>();
  for (const t of tunings) if (t.rule === rule && t.at >= (newest.get(t.field)?.at ?? 0)) newest.set(t.field, t);
  return [...newest.values()].filter((t) => t.value !== null);
}
