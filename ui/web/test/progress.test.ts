import assert from "node:assert/strict";
import { test } from "node:test";
import { outside, paretoOf, Progress } from "../src/model/progress";
import type { StatsQuery } from "../src/wire/api";
import { WireError } from "../src/wire/errors";

test("Pareto: the bars fall, the line reaches all, what does not fit is one bar", () => {
  const classes = [["a", 6], ["b", 3], ["c", 2], ["", 1]].map(([c, n]) => ({ class: String(c), n: Number(n) }));
  const bars = paretoOf(classes, 3, (id) => id.toUpperCase() || "none", "rest");
  assert.deepEqual(bars.map((b) => [b.name, b.n, Math.round(b.sum * 100)]), [["A", 6, 50], ["B", 3, 75], ["rest", 3, 100]]);
  assert.equal(paretoOf(classes, 4, (id) => id, "rest").at(-1)?.name, "");
  assert.deepEqual(paretoOf([], 4, String, "rest"), []);
});

test("a point on its limit is inside", () => {
  const g = { from: 0, to: 1, n: 10, notOK: 2, lower: 0, upper: 0.2 };
  assert.equal(outside(g), false);
  assert.equal(outside({ ...g, notOK: 3 }), true);
  assert.equal(outside({ ...g, notOK: 0, lower: 0.05 }), true);
});

test("filters are asked for; an answer that comes too late is not shown; trouble is said", async () => {
  const asked: StatsQuery[] = [];
  const waiting: ((v: unknown) => void)[] = [];
  const p = new Progress({ stats: (q) => (asked.push(q), new Promise((done, failed) => waiting.push((v) => (v instanceof Error ? failed(v) : done(v as never))))) }, () => 10 * 3600_000);
  const first = p.read();
  const second = p.choose({ hours: 8, camera: "top" });
  waiting[1]?.({ items: 2 });
  waiting[0]?.({ items: 1 });
  await Promise.all([first, second]);
  assert.equal(p.stats.value?.items, 2);
  assert.deepEqual([asked[1]?.from, asked[1]?.camera], [2 * 3600e9, "top"]);
  const third = p.read();
  waiting[2]?.(new WireError("away", "GET /stats", "no answer"));
  await third;
  assert.deepEqual([p.trouble.value, p.stats.value?.items], ["away", 2]);
});
