// Which classes were used last: where a taxonomy has more than fit on the screen, those are shown first.

import type { Draft } from "./types";

const most = 24;

/** The class ids with those of the draft put first. */
export const usedFirst = (draft: Draft, before: readonly string[]): string[] => {
  const used = [...new Set([...(draft.classes ?? []), ...(draft.regions ?? []).flatMap((r) => (r.class ? [r.class] : []))])];
  return used.length === 0 ? [...before] : [...used, ...before.filter((id) => !used.includes(id))].slice(0, most);
};

/** The items with the recently used first, latest use first; the others keep their order. */
export const recentFirst = <T extends { id: string }>(all: readonly T[], recent: readonly string[]): T[] => {
  const rank = (x: T): number => (recent.includes(x.id) ? recent.indexOf(x.id) : recent.length);
  return [...all].sort((a, b) => rank(a) - rank(b));
};
