// Who has which item on screen: a courtesy between people at one queue. Judging goes on without it.

import type { Api } from "../wire/api";
import type { Queue } from "./queue";
import type { Session } from "./session";
import type { Claim, Row } from "./types";

export class Claims {
  constructor(private readonly wire: Pick<Api, "claim">, private readonly session: Session, private readonly queue: Queue, private readonly now: () => number) {}

  /** The claim of somebody else who has the item on screen now. */
  on({ claim }: Row): Claim | undefined {
    return claim && claim.by !== this.session.person?.id && claim.until > this.now() * 1e6 ? claim : undefined;
  }

  /** Says that the item is on this screen. Call it again before the claim ends. */
  async hold(row: Row | null): Promise<void> {
    const claim = await this.say(row, false);
    if (row && claim) this.queue.claimed(row.id, claim);
  }

  async release(row: Row | null): Promise<void> {
    await this.say(row, true);
  }

  private async say(row: Row | null, release: boolean): Promise<Claim | undefined> {
    if (!row || this.session.gate.peek().at !== "in") return undefined;
    return this.wire.claim(row.id, release).catch(() => undefined);
  }
}
