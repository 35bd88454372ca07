// A start while the gateway is away: the page goes on from what was on screen last.

import { batch } from "@preact/signals-core";
import type { App } from "./app";
import type { LastSeen } from "./lastseen";

/** Puts back what was seen last, without what was judged since. */
export const recall = async (app: App, seen: LastSeen): Promise<void> => {
  if (!app.session.assumed.peek()) return;
  const last = await seen.get().catch(() => undefined);
  await app.outbox.ready;
  if (!last || app.queue.loaded.peek()) return;
  const judged = new Set(app.outbox.waiting.peek().map((op) => op.item));
  batch(() => {
    app.classes.taxonomy.value ??= last.taxonomy;
    app.status.value ??= last.status;
    app.queue.restore(last.rows.filter((r) => !judged.has(r.id)));
  });
};

/** Keeps what the person has on screen now. */
export const remember = ({ session, queue, classes, status }: App, seen: LastSeen): void => {
  const { person } = session;
  if (!person || session.assumed.peek()) return;
  const rows = queue.rows.peek().filter((r) => !r.done).map((r) => r.row);
  void seen.put({ person, rows, taxonomy: classes.taxonomy.peek(), status: status.peek() });
};
