// Which function keys give the verdicts: the taxonomy's, else the usual ones.

import type { Taxonomy } from "./types";

export interface VerdictKeys { ok: string; not_ok: string; not_decidable: string; undo: string }

export const usualKeys: VerdictKeys = { ok: "F5", not_ok: "F8", not_decidable: "F2", undo: "F9" };

export const verdictKeysOf = (t: Pick<Taxonomy, "keys"> | null): VerdictKeys => ({
  ok: t?.keys?.ok || usualKeys.ok, not_ok: t?.keys?.not_ok || usualKeys.not_ok, not_decidable: t?.keys?.not_decidable || usualKeys.not_decidable, undo: t?.keys?.undo || usualKeys.undo,
});

/** Four different keys, each one that no scanner sends. */
export const soundKeys = (k: VerdictKeys): boolean => new Set(Object.values(k)).size === 4 && Object.values(k).every((v) => /^F([1-9]|1[0-2])$/.test(v));
