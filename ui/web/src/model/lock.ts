// A panel that many share locks itself when nobody touches it. What was begun stays; the person's PIN, their badge or their password goes on.

import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { type Code, wireError } from "../wire/errors";
import type { LockAfter, Prefs } from "./prefs";
import type { Session } from "./session";

export interface LockWire {
  unlock(pin: string): Promise<void>;
  setPin(pin: string): Promise<void>;
}

const tries = 5; // wrong PINs until the person has to sign in
const pinShape = /^(\d{4,6})?$/;

export class Lock {
  readonly locked: ReadonlySignal<boolean>;
  readonly after: ReadonlySignal<LockAfter>; // minutes
  readonly trouble = signal<Code | null>(null);
  readonly busy = signal(false);
  private touched: number;
  private wrong = 0;

  constructor(private readonly wire: LockWire, private readonly session: Session, private readonly prefs: Prefs, private readonly now: () => number) {
    this.after = prefs.lockAfter;
    this.touched = now();
    this.locked = computed(() => prefs.locked.value && session.gate.value.at === "in");
    effect(() => {
      if (session.proven.value > 0) this.open(); // somebody signed in just now
    });
  }

  /** Somebody is at the panel. */
  touch(): void {
    if (!this.prefs.locked.peek()) this.touched = this.now();
  }

  /** Locks when nobody was there for as long as was chosen. */
  tick(): void {
    const minutes = Number(this.after.peek());
    if (minutes > 0 && this.session.person && this.now() - this.touched >= minutes * 60_000) this.lock();
  }

  lock(): void {
    batch(() => {
      this.prefs.locked.value = true;
      this.trouble.value = null;
    });
    this.wrong = 0;
  }

  /** Opens the panel with the person's PIN. After too many wrong ones they have to sign in. */
  async unlock(pin: string): Promise<boolean> {
    if (this.busy.peek()) return false;
    this.busy.value = true;
    try {
      await this.wire.unlock(pin);
      this.open();
      return true;
    } catch (err) {
      this.refuse(wireError(err).code);
      return false;
    } finally {
      this.busy.value = false;
    }
  }

  /** Sets the PIN of whoever is here; an empty one takes it away. False when it was not taken. */
  async setPin(pin: string): Promise<boolean> {
    if (!pinShape.test(pin)) return false;
    try {
      await this.wire.setPin(pin);
      this.session.hasPin.value = pin !== "";
      return true;
    } catch {
      return false;
    }
  }

  private refuse(code: Code): void {
    this.trouble.value = code;
    if (code === "unauthorized" || (code === "forbidden" && ++this.wrong >= tries)) this.session.expire();
  }

  private open(): void {
    batch(() => {
      this.prefs.locked.value = false;
      this.trouble.value = null;
    });
    this.touched = this.now();
  }
}
