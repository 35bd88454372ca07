// What the page's model is given: the gateway, this panel's own memory, and time.

import type { Api } from "../wire/api";
import type { Work } from "../wire/db";
import type { Hint } from "../wire/hints";
import type { OperationStore } from "./outbox";
import type { Prefs } from "./prefs";

export type Screen = "judge" | "queue" | "timeline" | "history" | "review" | "progress" | "rules" | "similar" | "classes" | "status" | "clash";

export interface WorkStore {
  work(item: string): Promise<Work | undefined>;
  putWork(work: Work): Promise<void>;
  deleteWork(item: string): Promise<void>;
}

/** What was seen last, for a start while the gateway is away. */
export interface KeptStore {
  kept(name: string): Promise<unknown>;
  keep(name: string, value: unknown): Promise<void>;
  forget(prefix: string, except?: ReadonlySet<string>): Promise<void>;
}

export interface AppDeps {
  api: Api;
  base: string; // of the API
  store: OperationStore & WorkStore & KeptStore;
  prefs: Prefs;
  hints(tell: (h: Hint) => void, onUp: (up: boolean) => void): { start(): void; stop(): void };
  now(): number; // ms
  later(f: () => void, ms: number): void;
}
