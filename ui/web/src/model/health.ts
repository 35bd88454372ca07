// How the gateway does: its status, how fast its sources deliver, and the line to the centre, which an admin may cut for a drill.

import { signal } from "@preact/signals-core";
import { type Code, wireError } from "../wire/errors";
import type { DrillState, Status } from "./types";

export interface HealthWire {
  status(): Promise<Status>;
  drill(): Promise<DrillState>;
  cut(seconds: number): Promise<DrillState>;
  mend(): Promise<DrillState>;
}

/** What a drill that was begun here showed, from the first status after it on. */
export interface DrillResult { readonly most: number; readonly left: number } // entries that waited at most, and that wait still

const apart = 4e9; // ns between two statuses that a rate is taken from

export class Health {
  readonly status = signal<Status | null>(null);
  readonly rates = signal<ReadonlyMap<string, number>>(new Map()); // samples a second, by source
  readonly drill = signal<DrillState | null>(null); // null: not known, or there is no line to cut
  readonly result = signal<DrillResult | null>(null);
  readonly trouble = signal<Code | null>(null); // the newest change of the line was not taken
  private before: Status | null = null;

  constructor(private readonly wire: HealthWire, private readonly refused: (err: unknown) => void) {}

  async read(): Promise<void> {
    try {
      this.note(await this.wire.status());
    } catch (err) {
      this.refused(err);
    }
  }

  /** Reads how the line to the centre is; quiet where there is none to cut. */
  async readDrill(): Promise<void> {
    this.drill.value = await this.wire.drill().catch(() => null);
  }

  /** Cuts the line for so many seconds. */
  cut(seconds: number): Promise<void> {
    this.result.value = { most: backlog(this.status.peek()), left: backlog(this.status.peek()) };
    return this.change(() => this.wire.cut(seconds));
  }

  mend(): Promise<void> {
    return this.change(() => this.wire.mend());
  }

  private async change(act: () => Promise<DrillState>): Promise<void> {
    try {
      this.drill.value = await act();
      this.trouble.value = null;
    } catch (err) {
      this.trouble.value = wireError(err).code;
      this.refused(err);
    }
  }

  private note(status: Status): void {
    const known = this.result.peek(), waits = backlog(status);
    if (known) this.result.value = { most: Math.max(known.most, waits), left: waits };
    this.status.value = status;
    if (this.before && status.now - this.before.now < apart) return;
    if (this.before) this.rates.value = ratesOf(this.before, status);
    this.before = status;
  }
}

const backlog = (status: Status | null): number => (status?.targets ?? []).reduce((most, t) => Math.max(most, t.pending), 0);

/** Sources whose counters began anew in between have no rate. */
const ratesOf = (before: Status, now: Status): Map<string, number> => {
  const seconds = (now.now - before.now) / 1e9;
  const earlier = new Map((before.sources ?? []).map((s) => [s.name, s.samples]));
  return new Map((now.sources ?? []).flatMap((s): [string, number][] => {
    const was = earlier.get(s.name);
    return was === undefined || s.samples < was ? [] : [[s.name, (s.samples - was) / seconds]];
  }));
};
