// Who is at the panel. An expired sign-in keeps everything on the panel; only the person is gone.

import { batch, signal } from "@preact/signals-core";
import { type WireError, wireError } from "../wire/errors";
import type { Person, SessionInfo } from "./types";

export type Gate =
  | { at: "asking" } // the first look for a running session
  | { at: "out"; why: "none" | "expired" | "left" }
  | { at: "in"; person: Person };

export type SignInTrouble = "wrong" | "too_many" | "away" | "token" | "other";

export interface SessionWire {
  signIn(user: string, password: string): Promise<SessionInfo>;
  badge(code: string): Promise<SessionInfo>;
  redeem(token: string): Promise<SessionInfo>;
  session(): Promise<SessionInfo>;
  signOut(): Promise<void>;
}

const trouble = (err: WireError): SignInTrouble =>
  err.code === "unauthorized" || err.code === "invalid" ? "wrong" : err.code === "rate_limited" ? "too_many" : err.code === "away" ? "away" : "other";

export class Session {
  readonly gate = signal<Gate>({ at: "asking" });
  readonly trouble = signal<SignInTrouble | null>(null);
  readonly busy = signal(false);
  readonly hasPin = signal(false); // a PIN opens this person's panel once it locked itself
  readonly proven = signal(0); // how often somebody signed in on this page
  readonly assumed = signal(false); // the gateway is away: who was here last is taken to be here still, until it can be asked

  /** remembered: who was signed in here when the page was open last. */
  constructor(private readonly wire: SessionWire, private readonly remembered: () => Promise<Person | undefined> = () => Promise.resolve(undefined)) {}

  get person(): Person | undefined {
    const gate = this.gate.peek();
    return gate.at === "in" ? gate.person : undefined;
  }

  /** Redeems the one-time token if there is one, else asks for the running session. */
  async begin(token: string | undefined): Promise<void> {
    if (token && (await this.enter(() => this.wire.redeem(token), () => "token"))) return;
    try {
      this.welcome(await this.wire.session());
    } catch (err) {
      if (wireError(err).code !== "away") return void (this.gate.value = { at: "out", why: "none" });
      const person = await this.remembered().catch(() => undefined);
      if (!person) this.trouble.value = "away";
      this.assumed.value = person !== undefined;
      this.gate.value = person ? { at: "in", person } : { at: "out", why: "none" };
    }
  }

  /** The gateway answers again: asks it who is here. Labels go there only under the name that it gives. */
  async prove(): Promise<void> {
    if (!this.assumed.peek()) return;
    try {
      this.welcome(await this.wire.session());
    } catch (err) {
      if (wireError(err).code === "unauthorized") this.expire();
    }
  }

  async signIn(user: string, password: string): Promise<boolean> {
    return this.enter(() => this.wire.signIn(user, password), trouble);
  }

  /** A card was held to the scanner, which types its code. */
  async signInBadge(code: string): Promise<boolean> {
    return this.busy.peek() ? false : this.enter(() => this.wire.badge(code), trouble);
  }

  async signOut(): Promise<void> {
    this.gate.value = { at: "out", why: "left" };
    await this.wire.signOut().catch(() => undefined); // the cookie ends by itself
  }

  /** Some request was refused as not signed in. */
  expire(): void {
    this.assumed.value = false;
    if (this.gate.peek().at === "in") this.gate.value = { at: "out", why: "expired" };
  }

  private welcome({ person, hasPin }: SessionInfo): void {
    batch(() => {
      this.trouble.value = null;
      this.assumed.value = false;
      this.hasPin.value = hasPin ?? false;
      this.gate.value = { at: "in", person };
    });
  }

  private async enter(ask: () => Promise<SessionInfo>, read: (err: WireError) => SignInTrouble): Promise<boolean> {
    this.busy.value = true;
    try {
      this.welcome(await ask());
      this.proven.value++;
      return true;
    } catch (err) {
      this.trouble.value = read(wireError(err));
      return false;
    } finally {
      this.busy.value = false;
    }
  }
}
