// Labels on their way to the gateway.
//
//   verdict ─▶ put: on this panel's disk ─▶ send, in order ─▶ 201: on the gateway's disk ─▶ forget
//                                             │ away, full, busy: wait and send the same again, same key
//                                             │ 401: keep, until the same person signs in
//                                             │ 409: keep both: send again on top of the newer revision, and say so
//                                             └ 400, 404 …: keep and say why; only a person may drop it

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { Backoff } from "../lib/backoff";
import { randomId } from "../lib/id";
import type { Clash, Operation } from "../wire/db";
import { transient, type WireError, wireError } from "../wire/errors";
import type { Draft, Label } from "./types";

export type { Clash, Operation };

export interface OperationStore {
  operations(): Promise<Operation[]>;
  putOperation(op: Operation): Promise<void>;
  deleteOperation(key: string): Promise<void>;
  clashes(): Promise<Clash[]>;
  putClash(clash: Clash): Promise<void>;
  deleteClash(item: string): Promise<void>;
}

export interface LabelWire {
  label(item: string, draft: Draft, key: string): Promise<Label>;
}

export type Trouble = "away" | "signin" | "full" | "busy";

export interface OutboxDeps {
  store: OperationStore;
  wire: LabelWire;
  person: () => string | undefined; // id of who is signed in
  onSaved: (label: Label, op: Operation) => void;
  onUnauthorized: () => void;
  now: () => number; // ms
  later: (f: () => void, ms: number) => void;
}

export class Outbox {
  readonly waiting = signal<Operation[]>([]); // oldest first, without the failed
  readonly failed = signal<Operation[]>([]);
  readonly clashes = signal<Clash[]>([]);
  readonly trouble = signal<Trouble | null>(null); // why the oldest did not go at once
  readonly stored = signal(true); // false when this panel's own disk refused the last operation
  readonly lastSaved = signal<Label | null>(null);
  readonly count: ReadonlySignal<number> = computed(() => this.waiting.value.length);

  private readonly revisions = new Map<string, number>(); // key of a confirmed operation → its revision
  private readonly backoff = new Backoff(1000, 20_000);
  private opened = (): void => undefined;
  readonly ready = new Promise<void>((done) => (this.opened = done)); // what an earlier visit left is known
  private sending = false;
  private retry = 0; // number of the retry that counts; older timers are void

  constructor(private readonly deps: OutboxDeps) {}

  /** Loads what an earlier visit left behind and starts sending it. */
  async open(): Promise<void> {
    const left = await this.deps.store.operations().finally(() => this.opened());
    const known = new Set(this.waiting.peek().map((op) => op.key));
    this.waiting.value = [...left.filter((op) => !op.failed && !known.has(op.key)), ...this.waiting.peek()];
    this.failed.value = left.filter((op) => op.failed);
    this.clashes.value = await this.deps.store.clashes();
    this.flush();
  }

  /** Takes a label. It is on screen as "saving" at once; the promise resolves when it is on this panel's disk. */
  async put(item: string, title: string, by: string, draft: Draft): Promise<Operation> {
    const before = this.waiting.peek().findLast((op) => op.item === item);
    const op: Operation = { key: randomId(), item, title, by, draft, made: this.deps.now() };
    if (before) op.after = before.key;
    this.waiting.value = [...this.waiting.peek(), op];
    try {
      await this.deps.store.putOperation(op);
      this.stored.value = true;
    } catch {
      this.stored.value = false; // goes to the gateway from memory; the page says that it must not be closed
    }
    this.flush();
    return op;
  }

  /** Takes back an operation that has not left the panel yet. False when it may have: then only a new revision undoes it. */
  async withdraw(key: string): Promise<boolean> {
    const at = this.waiting.peek().findIndex((op) => op.key === key);
    if (at < 0 || (at === 0 && this.sending)) return false;
    await this.forget(key);
    return true;
  }

  /** The revision that an operation of this visit became. */
  revision(key: string): number | undefined {
    return this.revisions.get(key);
  }

  /** Drops an operation that the gateway refused for good. */
  async dismiss(key: string): Promise<void> {
    this.failed.value = this.failed.peek().filter((op) => op.key !== key);
    await this.deps.store.deleteOperation(key);
  }

  async settle(item: string): Promise<void> {
    this.clashes.value = this.clashes.peek().filter((c) => c.item !== item);
    await this.deps.store.deleteClash(item);
  }

  /** Sends what may be sent now. Call it whenever the line or the person came back. */
  flush(): void {
    if (this.sending) return; // it takes along what was put meanwhile, or sets a timer when it cannot go on
    this.retry++;
    this.sending = true;
    void this.drain().finally(() => {
      this.sending = false;
    });
  }

  private next(): Operation | undefined {
    const person = this.deps.person();
    const mine = this.waiting.peek().find((op) => op.by === person);
    if (!mine && this.waiting.peek().length > 0) this.trouble.value = "signin";
    return mine;
  }

  private async drain(): Promise<void> {
    for (let op = this.next(); op; op = this.next()) {
      try {
        const label = await this.deps.wire.label(op.item, this.onTop(op), op.key);
        await this.confirm(op, label);
      } catch (err) {
        if (!(await this.refused(op, wireError(err)))) return;
      }
    }
  }

  /** The draft with the revision of the operation before it, once that is known. */
  private onTop(op: Operation): Draft {
    const parent = op.after === undefined ? undefined : this.revisions.get(op.after);
    return parent === undefined ? op.draft : { ...op.draft, parent };
  }

  private async confirm(op: Operation, label: Label): Promise<void> {
    this.revisions.set(op.key, label.rev);
    this.backoff.reset();
    this.trouble.value = null;
    this.lastSaved.value = label;
    await this.forget(op.key);
    this.deps.onSaved(label, op);
  }

  /** Decides what a refusal means. True when the next operation may be tried. */
  private async refused(op: Operation, err: WireError): Promise<boolean> {
    if (err.code === "conflict" && err.newest) return this.keepBoth(op, err.newest);
    if (err.code === "unauthorized") {
      this.trouble.value = "signin";
      this.deps.onUnauthorized();
      return false;
    }
    if (transient(err.code) || err.code === "conflict") {
      this.trouble.value = err.code === "away" ? "away" : err.code === "full" ? "full" : "busy";
      const mine = ++this.retry;
      this.deps.later(() => mine === this.retry && this.flush(), this.backoff.next());
      return false;
    }
    await this.fail(op, err.message);
    return true;
  }

  private async keepBoth(op: Operation, newest: Label): Promise<boolean> {
    const again: Operation = { ...op, key: randomId(), draft: { ...op.draft, parent: newest.rev } };
    delete again.after;
    await this.deps.store.putOperation(again).catch(() => undefined); // still in memory
    this.waiting.value = this.waiting.peek().map((w) => (w.key === op.key ? again : w.after === op.key ? { ...w, after: again.key } : w));
    await this.deps.store.deleteOperation(op.key).catch(() => undefined);
    if (newest.by.id !== op.by) {
      const clash: Clash = { item: op.item, title: op.title, mine: again.draft, theirs: newest };
      this.clashes.value = [...this.clashes.peek().filter((c) => c.item !== op.item), clash];
      await this.deps.store.putClash(clash).catch(() => undefined); // both labels are on the gateway; only the notice is short-lived
    }
    return true;
  }

  private async fail(op: Operation, why: string): Promise<void> {
    const failed = { ...op, failed: why };
    this.waiting.value = this.waiting.peek().filter((w) => w.key !== op.key);
    this.failed.value = [...this.failed.peek(), failed];
    await this.deps.store.putOperation(failed).catch(() => undefined); // still on screen
  }

  private async forget(key: string): Promise<void> {
    this.waiting.value = this.waiting.peek().filter((op) => op.key !== key);
    await this.deps.store.deleteOperation(key).catch(() => undefined); // sent again under the same key: harmless
  }
}
