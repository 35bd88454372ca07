// The words and formats of the language on screen, switchable in place.

import { computed, type ReadonlySignal } from "@preact/signals-core";
import type { Lang } from "../prefs";
import { en, type Words } from "./en";
import { type Format, formatFor } from "./format";
import { zh } from "./zh-CN";

export type { Format, Words };

const all: Record<Lang, Words> = { en, "zh-CN": zh };

export interface Speech { lang: Lang; words: Words; format: Format }

export const speechIn = (lang: ReadonlySignal<Lang>): ReadonlySignal<Speech> =>
  computed(() => ({ lang: lang.value, words: all[lang.value], format: formatFor(lang.value) }));
