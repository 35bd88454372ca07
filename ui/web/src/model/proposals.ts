// What the machine proposes for an item, and what becomes of it when a person accepts it.

import type { Candidate, Origin, Region, Row } from "./types";

export const onImage = (r: Region): boolean => r.kind !== "interval" && r.kind !== "instant";

/** Everything the candidates propose as regions with unique ids: boxes on pictures and stretches of signals. */
export const proposalsOf = (item: Row): Region[] => {
  const seen = new Set<string>();
  const unique = (r: Region, i: number): Region => {
    const id = r.id && !seen.has(r.id) ? r.id : `${r.id || "p"}-${i}`;
    seen.add(id);
    return { ...r, id, origin: "machine" };
  };
  return (item.candidates ?? []).flatMap((c) => [...regionsOf(c, item), ...spanOf(c, item)]).map(unique);
};

const regionsOf = (c: Candidate, item: Row): Region[] => {
  const image = c.image || item.images?.[0]?.sha256;
  return (c.regions ?? []).flatMap((r) => {
    if (!onImage(r)) return item.window ? [r] : [];
    const of = r.image || image;
    return of ? [{ ...r, image: of, score: r.score ?? c.score }] : [];
  });
};

const spanOf = (c: Candidate, item: Row): Region[] => {
  const window = item.window;
  const tags = (c.tags ?? []).filter((t) => window?.tags.includes(t));
  if (!window || tags.length === 0 || c.regions?.some((r) => !onImage(r))) return [];
  const from = Math.max(c.from, window.from);
  const to = Math.min(c.to || window.to, window.to);
  return from < to ? [{ id: c.id, kind: "interval", from, to, tags, score: c.score }] : [];
};

/** The proposal as a region of a person's label, with another class where the person chose one. */
export const accept = (r: Region, classId: string | null): Region => {
  const changed = classId !== null && classId !== (r.class ?? "");
  const out: Region = { ...r, origin: changed ? "edited" : "accepted" };
  if (classId) out.class = classId;
  return out;
};

/** The origin of a whole label from those of its regions. */
export const originOf = (regions: readonly Region[]): Origin =>
  regions.length > 0 && regions.every((r) => r.origin === "accepted") ? "accepted" : regions.some((r) => r.origin !== "person") ? "edited" : "person";
