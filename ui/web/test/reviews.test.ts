import assert from "node:assert/strict";
import { test } from "node:test";
import { reviewOf, settled, type Task } from "../src/model/review";
import { Reviews } from "../src/model/reviews";
import type { Label, ReviewList } from "../src/model/types";
import { box, draft, labelOf, row } from "./kit";

const ng = (more = {}) => ({ ...draft(1), verdict: "not_ok" as const, regions: [box("r", { class: "dent" })], ...more });

test("the same verdict, classes and regions agree; anything else corrects", () => {
  const task: Task = { of: 1, mode: "open", first: ng() };
  assert.deepEqual(reviewOf(task, ng()), { of: 1, result: "agree" });
  assert.deepEqual(reviewOf(task, ng({ regions: [box("r", { class: "burr" })] })), { of: 1, result: "correct" });
  assert.deepEqual(reviewOf(task, ng({ regions: [box("r", { class: "dent", rect: { x: 9, y: 9, w: 9, h: 9 } })] })), { of: 1, result: "correct" });
  assert.deepEqual(reviewOf({ of: 1, mode: "blind" }, ng()), { of: 1, result: "second" });
  assert.deepEqual(reviewOf({ of: 1, against: 2, mode: "settle" }, ng()), { of: 1, against: 2, result: "adjudicate" });
});

test("taking one opinion copies what it says and whom it settles", () => {
  const first = labelOf("a", 1, "li", ng());
  const second = { ...labelOf("a", 2, "wang", draft(1)), review: { of: 1, result: "second" as const } };
  const made = settled({ row: row("a", { labels: 2 }), first, second }, "first", { input: "touch", terminal: "t", decided: 5, taxonomy: 9 });
  assert.deepEqual([made.verdict, made.parent, made.taxonomy, made.regions?.[0]?.class, made.review], ["not_ok", 2, 9, "dent", { of: 1, against: 2, result: "adjudicate" }]);
});

const rig = (list: Partial<ReviewList>, labels: Label[]) => {
  const items = [row("a", { labels: labels.length }), row("b", { labels: 1 })];
  return new Reviews({ reviews: async () => ({ blind: false, due: 2, disputed: 0, more: false, items, ...list }), item: async (id) => ({ item: row(id, { labels: labels.length }), labels }) }, () => "zhao");
};

test("with the first label shown it is what one starts from; blind it is not even asked for", async () => {
  const shown = rig({}, [labelOf("a", 1, "li", ng())]);
  await shown.read();
  const task = await shown.begin(shown.rows.value[0]!);
  assert.deepEqual([task?.mode, task?.first?.regions?.[0]?.class, task?.first?.comment], ["open", "dent", undefined]);
  const blind = rig({ blind: true }, []);
  await blind.read();
  assert.deepEqual(await blind.begin(row("a", { labels: 3 })), { of: 3, mode: "blind" });
});

test("what somebody else, or I myself, judged meanwhile is passed over", async () => {
  const r = rig({}, [labelOf("a", 1, "zhao", ng())]);
  await r.read();
  assert.equal(await r.begin(r.rows.value[0]!), undefined);
  assert.deepEqual([r.rows.value.map((x) => x.id), r.counts.value.due], [["b"], 1]);
  await r.read();
  assert.deepEqual(r.rows.value.map((x) => x.id), ["b"]);
  r.again("a");
  await r.read();
  assert.equal(r.rows.value.length, 2);
});

test("two opinions that differ are put side by side", async () => {
  const second = { ...labelOf("a", 2, "wang", draft(1)), review: { of: 1, result: "second" as const } };
  const r = rig({ disputed: 1 }, [labelOf("a", 1, "li", ng()), second]);
  await r.choose("disputed");
  assert.equal(await r.begin(r.rows.value[0]!), undefined);
  assert.deepEqual([r.pair.value?.first.by.id, r.pair.value?.second.by.id], ["li", "wang"]);
});
