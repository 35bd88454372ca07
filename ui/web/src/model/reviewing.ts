// How a second look goes from one label to the next.

import type { App } from "./app";
import { shortOf } from "./naming";
import { settled } from "./review";
import type { Row } from "./types";

/** Opens what waits for a second person: to judge it blind or beside the first label, or two opinions that differ. */
export const openReview = async (app: App, row: Row): Promise<void> => {
  const task = await app.reviews.begin(row).catch((err: unknown) => app.refused(err));
  if (task) app.openRow(row, true, task);
  else app.screen.value = "review";
};

/** Settles a difference for one of the two opinions as it stands. */
export const settle = async (app: App, which: "first" | "second"): Promise<void> => {
  const [pair, by] = [app.reviews.pair.peek(), app.session.person?.id];
  if (!pair || !by) return;
  const draft = settled(pair, which, { input: app.judge.input.peek(), terminal: app.prefs.terminal, decided: app.clock.peek() * 1e6, taxonomy: app.classes.revision });
  await app.outbox.put(pair.row.id, shortOf(pair.row), by, draft);
  app.reviews.done(pair.row.id);
};

/** A label was reviewed: the next one comes on screen, or the list. */
export const reviewed = async (app: App, id: string): Promise<void> => {
  app.reviews.done(id);
  const next = app.reviews.rows.peek()[0];
  app.judge.open(null);
  if (next && app.reviews.state.peek() === "due") await openReview(app, next);
  else app.go("review");
};
