// What a command does on the screen that is on.

import type { App } from "./app";
import type { Command } from "./keys";
import { serialOf } from "./naming";

export const run = (app: App, c: Command): void => {
  if ((app.session.gate.peek().at === "out" || app.lock.locked.peek()) && c.do === "scan") return void badge(app, c.code);
  if (app.session.gate.peek().at !== "in" || app.lock.locked.peek()) return;
  if (c.do === "scan") return void openSerial(app, c.code);
  if (c.do === "back") return back(app);
  if (app.menu.peek()) return;
  const screen = app.screen.peek();
  if (screen === "judge") onBench(app, c);
  else if (screen === "timeline") onTimeline(app, c);
};

/** A card at a panel that nobody is signed in at, or that locked itself. A PIN that is typed very fast looks like one. */
const badge = async (app: App, code: string): Promise<void> => {
  const pin = app.lock.locked.peek() && app.session.hasPin.peek() && /^\d{4,6}$/.test(code);
  if (!pin || !(await app.lock.unlock(code))) await app.session.signInBadge(code);
};

/** Looks for the part with a serial: among what waits, else in all that the gateway has. */
const openSerial = async (app: App, code: string): Promise<void> => {
  const here = app.queue.rows.peek().find((r) => serialOf(r.row) === code);
  if (here) return app.openRow(here.row);
  const page = await app.stretches.items({ part: code, order: "newest", limit: 1 }).catch(() => undefined);
  const row = page?.items[0];
  if (row) app.openRow(row, row.labels > 0);
};

const onBench = (app: App, c: Command): void => {
  switch (c.do) {
    case "verdict": return void app.judge.verdict(c.verdict);
    case "undo": return void app.undo();
    case "next": return app.step(1);
    case "previous": return app.step(-1);
    case "class": return classKey(app, c.key);
    case "tool": app.judge.tool.value = c.tool; return;
    case "remove": return void (app.judge.stage.peek()?.remove() || app.judge.remove());
  }
};

const onTimeline = ({ timeline }: App, c: Command): void => {
  if (c.do === "next" || c.do === "previous") timeline.step(c.do === "next" ? 1 : -1);
  else if (c.do === "verdict" && c.verdict === "not_ok") void timeline.save();
  else if (c.do === "class") {
    const chip = timeline.mark.classes().find((k) => k.key === c.key);
    if (chip) timeline.mark.pick(chip.id);
  }
};

const back = (app: App): void => {
  const screen = app.screen.peek();
  if (app.menu.peek()) app.menu.value = false;
  else if (screen === "timeline" && app.timeline.mark.leave()) return;
  else if (screen === "review" && app.reviews.pair.peek()) app.reviews.pair.value = null;
  else if (screen !== "judge") app.go("judge");
  else if (app.reviews.asking.peek()) app.reviews.asking.value = false;
  else if (!app.judge.back() && app.judge.again.peek()) app.go(app.judge.review.peek() ? "review" : "history");
};

const classKey = (app: App, key: string): void => {
  const chip = app.chips().find((c) => c.key === key);
  if (chip && app.judge.item.peek()?.kind === "window" && !app.judge.armed.peek()) app.judge.choose(chip.id);
  else if (chip) app.judge.pick(chip.id);
};
