// The one sentence about saving. "Saved" means: on the gateway's disk, as its answer said. "Uploaded" is another fact.

import { computed, type ReadonlySignal } from "@preact/signals-core";
import type { Outbox } from "./outbox";
import type { Status } from "./types";

export type SaveState =
  | { is: "idle" } // nothing was judged in this visit
  | { is: "saving"; title: string }
  | { is: "saved"; unsynced: number; oldest: number } // oldest: UTC ns, 0 when nothing waits
  | { is: "kept"; n: number; why: "away" | "signin" | "busy"; safe: boolean } // safe: on this panel's disk
  | { is: "clash"; title: string; n: number }
  | { is: "lost"; title: string; why: "full" | "refused"; detail: string };

export const saveState = (outbox: Outbox, status: ReadonlySignal<Status | null>): ReadonlySignal<SaveState> =>
  computed((): SaveState => {
    const refused = outbox.failed.value[0];
    if (refused) return { is: "lost", title: refused.title, why: "refused", detail: refused.failed ?? "" };
    const waiting = outbox.waiting.value;
    const first = waiting[0];
    const why = outbox.trouble.value;
    if (first && why === "full") return { is: "lost", title: first.title, why: "full", detail: "" };
    if (first && why && why !== "full") return { is: "kept", n: waiting.length, why, safe: outbox.stored.value };
    const clash = outbox.clashes.value[0];
    if (clash) return { is: "clash", title: clash.title, n: outbox.clashes.value.length };
    if (first) return { is: "saving", title: first.title };
    const queue = status.value?.queue;
    if (!outbox.lastSaved.value && !queue?.unsynced) return { is: "idle" };
    return { is: "saved", unsynced: queue?.unsynced ?? 0, oldest: queue?.oldest ?? 0 };
  });
