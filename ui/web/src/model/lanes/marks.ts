import type { FixedMark } from "../stage";
import type { Candidate, Region } from "../types";
import { fromNs, toNs, type Span } from "./time";

/** A marked stretch or moment of signals. Its span is in ms since the window's base; a moment's ends are equal. */
export interface Mark {
  readonly id: string;
  readonly span: Span;
  readonly isInstant: boolean;
  readonly tags: readonly string[];
  readonly isProposal: boolean;
  readonly isFixed?: boolean; // shown and chosen here, not changed
  readonly words?: string; // what its tag says, instead of its class
  readonly score: number | undefined;
  readonly region: Region; // as a person's label would hold it
}

export interface MarkInput {
  readonly base: number; // UTC ns
  readonly window: Span;
  readonly windowTags: readonly string[];
  readonly regions: readonly Region[];
  readonly candidates: readonly Candidate[];
  readonly fixed?: readonly FixedMark[];
}

/** A person's marks, the machine's that no region has taken the place of, and what is not changed here; a person's last, they lie on top. */
export function marksOf(input: MarkInput): Mark[] {
  const own = input.regions.filter((r) => r.kind === "interval" || r.kind === "instant");
  const taken = new Set(input.regions.map((r) => r.id));
  const proposed = input.candidates.flatMap((c) => proposalsOf(c, input)).filter((m) => !taken.has(m.id));
  return [...(input.fixed ?? []).map((f) => fixedMark(f, input.base)), ...proposed, ...own.map((r) => markOf(r, input.base, false))];
}

function fixedMark(f: FixedMark, base: number): Mark {
  const region: Region = { id: f.id, kind: "interval", from: f.from, to: f.to, tags: f.tags };
  return { ...markOf(region, base, f.open), isFixed: true, words: f.words };
}

function markOf(r: Region, base: number, isProposal: boolean): Mark {
  const from = fromNs(r.from ?? 0, base);
  const to = fromNs(r.to ?? r.from ?? 0, base);
  return { id: r.id, span: { from, to }, isInstant: r.kind === "instant", tags: r.tags ?? [], isProposal, score: r.score, region: r };
}

/** What a candidate proposes: its own regions on signals, else the stretch that it flagged, as far as the window shows it. */
function proposalsOf(c: Candidate, { base, window, windowTags }: MarkInput): Mark[] {
  const given = (c.regions ?? []).filter((r) => r.kind === "interval" || r.kind === "instant");
  if (given.length > 0) return given.map((r) => markOf({ ...r, score: r.score ?? c.score }, base, true));
  const tags = (c.tags ?? []).filter((t) => windowTags.includes(t));
  const from = Math.max(fromNs(c.from, base), window.from);
  const to = Math.min(c.to ? fromNs(c.to, base) : window.to, window.to);
  if (tags.length === 0 || from >= to) return [];
  const region: Region = { id: c.id, kind: "interval", origin: "machine", score: c.score, tags, from: toNs(from, base), to: toNs(to, base) };
  return [markOf(region, base, true)];
}

/** The mark at a moment in a lane: of several the shortest, a person's before a machine's. reach in ms widens moments and slivers. */
export function markAt(marks: readonly Mark[], t: number, tag: string | undefined, reach: number): Mark | undefined {
  let best: Mark | undefined;
  let least = Infinity;
  for (const m of marks) {
    if (tag !== undefined && !m.tags.includes(tag)) continue;
    if (t < m.span.from - reach || t > m.span.to + reach) continue;
    const rank = m.span.to - m.span.from + (m.isProposal ? 1 : 0) * 1e-3;
    if (rank > least) continue;
    least = rank;
    best = m;
  }
  return best;
}
