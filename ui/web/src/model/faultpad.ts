// What a fault form reads and changes: the item that is being judged, or a stretch that a person has just marked.

import { computed, type ReadonlySignal, type Signal } from "@preact/signals-core";
import type { Judge } from "./judge";
import type { ClassView } from "./stage";
import type { Confidence, Fault } from "./types";

export interface FaultPad {
  readonly asset: ReadonlySignal<string | null | undefined>; // that the fault is about
  readonly fault: Signal<Fault>;
  readonly confidence: Signal<Confidence>;
  readonly comment: Signal<string>;
  readonly held: ReadonlySignal<string | undefined>; // class of what is selected, which a choice changes
  readonly said: ReadonlySignal<string | undefined>; // class that the whole has so far
  classes(): ClassView[];
  pick(id: string): boolean; // true when the next field may open
}

/** The pad of the item on the judging screen. */
export const judgePad = (j: Judge, classes: () => ClassView[]): FaultPad => {
  const selected = computed(() => j.regions.value.find((r) => r.id === j.selected.value));
  return {
    asset: computed(() => j.item.value?.place.asset),
    fault: j.fault, confidence: j.confidence, comment: j.comment, classes,
    held: computed(() => j.chosen.value ?? selected.value?.class),
    said: computed(() => j.chosen.value ?? (selected.value ?? j.regions.value.find((r) => r.class))?.class),
    pick: (id) => {
      if (j.armed.peek()) j.pick(id);
      else j.choose(id);
      return !j.armed.peek();
    },
  };
};
