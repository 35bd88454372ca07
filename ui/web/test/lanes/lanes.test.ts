import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf, isDense, qualityMarks } from "../../src/model/lanes/columns";
import { handleBoxes, laneGripAt, pulledSpan } from "../../src/model/lanes/grips";
import { laneAt, laneTop, layoutOf, roomOf } from "../../src/model/lanes/layout";
import { marksOf, type Mark } from "../../src/model/lanes/marks";
import { scaleFor, yOf } from "../../src/model/lanes/scale";
import { placeStrip } from "../../src/model/lanes/strip";
import { ticksOf } from "../../src/model/lanes/ticks";
import { pinchedSpan, shifted, within, xOf, zoomedAt } from "../../src/model/lanes/time";
import { extremes, piecesOf, readingAt } from "../../src/model/lanes/trace";
import type { Buckets, Samples } from "../../src/model/types";

const limits = { from: 0, to: 1000 };
const base = Date.UTC(2026, 10, 22, 10, 0, 0) * 1e6;

const samples = (t: number[], v: number[], quality: number[] = t.map(() => 0)): Samples =>
  ({ tag: "a", name: "A", unit: "", kind: "samples", t: Float64Array.from(t), v: Float64Array.from(v), quality: Uint8Array.from(quality) });
const buckets = (min: number[], max: number[], step = 10): Buckets =>
  ({ tag: "a", name: "A", unit: "", kind: "buckets", t0: 0, step, min: Float64Array.from(min), max: Float64Array.from(max), count: Uint32Array.from(min, (m) => (Number.isNaN(m) ? 0 : 3)), worst: new Uint8Array(min.length) });

test("zoom, pan and pinch stay inside the window and keep what they are about in place", () => {
  const z = zoomedAt(limits, 250, 4, limits);
  assert.deepEqual(z, { from: 187.5, to: 437.5 });
  assert.equal(xOf(250, z, 100), 25);
  assert.deepEqual(shifted(z, -9999, limits), { from: 0, to: 250 });
  assert.deepEqual(zoomedAt(z, 300, 0.001, limits), limits);
  const p = pinchedSpan(limits, 400, 500, 20, 80, 100, limits);
  assert.ok(Math.abs(xOf(400, p, 100) - 20) < 1e-9 && Math.abs(xOf(500, p, 100) - 80) < 1e-9);
});

test("spans are cut at the window and are never empty", () => {
  assert.deepEqual(within({ from: -50, to: 20 }, limits, 1), { from: 0, to: 20 });
  assert.deepEqual(within({ from: 2000, to: 1500 }, limits, 1), { from: 999, to: 1000 });
  assert.deepEqual(within({ from: 80, to: 30 }, limits, 1), { from: 30, to: 80 });
});

test("ticks fall on round clock times and name no more than they need", () => {
  const clock = { base, lang: "en", zero: undefined, zone: "UTC" };
  assert.deepEqual(ticksOf({ from: 0, to: 60_000 }, 600, 90, clock).map((t) => [t.t, t.label]), [
    [0, "10:00:00"], [10_000, "10:00:10"], [20_000, "10:00:20"], [30_000, "10:00:30"], [40_000, "10:00:40"], [50_000, "10:00:50"],
  ]);
  const days = ticksOf({ from: 0, to: 3 * 864e5 }, 300, 90, clock);
  assert.deepEqual(days.map((t) => t.label), ["11-23 Mon", "11-24 Tue", "11-25 Wed"]);
  assert.equal(days[0]?.t, 14 * 36e5);
  assert.equal(ticksOf({ from: 100, to: 101 }, 600, 90, clock)[1]?.label, "10:00:00.1002");
});

test("days begin at midnight of the zone", () => {
  const clock = { base, lang: "zh-CN", zero: undefined, zone: "Asia/Shanghai" };
  assert.equal(ticksOf({ from: 0, to: 2 * 864e5 }, 300, 90, clock)[0]?.t, 6 * 36e5);
});

test("relative ticks count from the picture's moment", () => {
  const labels = ticksOf({ from: 0, to: 30_000 }, 300, 90, { base, lang: "en", zero: 20_000 }).map((t) => t.label);
  assert.deepEqual(labels, ["−20 s", "−10 s", "0"]);
});

test("a scale ends on round numbers around the data", () => {
  for (const [min, max] of [[0.2, 8.7], [-3, 11], [41.7, 49.2], [5, 5], [0, 0], [-1e-7, 3e-7], [1e6, 1.1e6]] as const) {
    const s = scaleFor(min, max);
    assert.ok(s.lo <= min && s.hi >= max && s.hi > s.lo, JSON.stringify([min, max, s]));
  }
  assert.equal(scaleFor(0.2, 8.7).lo, 0);
  assert.ok(yOf(10, { lo: 0, hi: 10 }, 100, 50) < yOf(0, { lo: 0, hi: 10 }, 100, 50));
});

test("lanes fill the room in whole pixels and scroll when there are too many", () => {
  const l = layoutOf(600, 500, 5, 5, 0);
  assert.equal(Number.isInteger(l.lane), true);
  assert.equal(l.strip + l.axis + l.lane * 5, 500);
  assert.deepEqual([laneAt(l, l.strip), laneAt(l, l.height - l.axis - 1), laneAt(l, 3), laneAt(l, 499)], [0, 4, undefined, undefined]);
  const many = layoutOf(600, 500, 30, 5, 1e6);
  assert.ok(many.lane >= 45 && many.scroll === many.lane * 30 - roomOf(many));
  assert.equal(laneTop(many, 30), many.strip + roomOf(many));
});

test("columns keep a single sample that sticks out", () => {
  const v = Array.from({ length: 10_000 }, (_, i) => (i === 7777 ? 99 : 1));
  const t = samples(v.map((_, i) => i / 10), v);
  assert.equal(isDense(t, limits, limits, 100), true);
  const c = columnsOf(t, limits, limits, 100);
  assert.equal(Math.max(...c.max), 99);
  assert.equal(c.max[77], 99);
  assert.equal(c.min[77], 1);
});

test("a missing number breaks the line, a short row of empty buckets does not", () => {
  const gappy = samples(Array.from({ length: 1000 }, (_, i) => i), Array.from({ length: 1000 }, (_, i) => (i === 500 ? NaN : 1)));
  assert.equal(columnsOf(gappy, limits, limits, 100).breaks[50], 1);
  const slow = buckets(Array.from({ length: 100 }, (_, i) => (i % 3 === 0 ? 1 : NaN)), Array.from({ length: 100 }, (_, i) => (i % 3 === 0 ? 1 : NaN)));
  assert.equal(columnsOf(slow, limits, limits, 50).breaks.includes(1), false);
  const silent = buckets(Array.from({ length: 100 }, (_, i) => (i > 20 && i < 40 ? NaN : 1)), Array.from({ length: 100 }, (_, i) => (i > 20 && i < 40 ? NaN : 1)));
  assert.equal(columnsOf(silent, limits, limits, 50).breaks.includes(1), true);
});

test("readings and extremes", () => {
  const s = samples([10, 20, 30], [1, 5, NaN]);
  assert.deepEqual([readingAt(s, 25), readingAt(s, 20), readingAt(s, 5), readingAt(s, 35)], [{ value: 5 }, { value: 5 }, { value: 1 }, undefined]);
  assert.deepEqual(extremes(s, { from: 0, to: 100 }), { min: 1, max: 5 });
  const b = buckets([1, NaN, 3], [2, NaN, 3]);
  assert.deepEqual([readingAt(b, 5), readingAt(b, 15), readingAt(b, 25)], [{ min: 1, max: 2 }, undefined, { value: 3 }]);
  assert.equal(extremes(b, { from: 11, to: 19 }), undefined);
});

test("finer data stand in for the coarse ones exactly where they are", () => {
  const [whole, fine] = [buckets([1], [2]), samples([1], [1])];
  const pieces = piecesOf(whole, fine, { from: 300, to: 500 }, { from: 200, to: 600 });
  assert.deepEqual(pieces.map((p) => [p.from, p.to, p.trace.kind]), [[200, 300, "buckets"], [300, 500, "samples"], [500, 600, "buckets"]]);
});

test("bad stretches are joined", () => {
  const s = samples([0, 10, 20, 30, 40], [1, 1, 1, 1, 1], [0, 2, 2, 0, 1]);
  assert.deepEqual(qualityMarks(s, limits, limits, 1000).map((m) => [m.x0, m.x1, m.quality]), [[10, 30, 2], [40, 40, 1]]);
});

const mark = (from: number, to: number): Mark => ({ id: "m", span: { from, to }, isInstant: false, tags: ["a"], isProposal: false, score: undefined, region: { id: "m", kind: "interval" } });

test("an edge can be held along its whole height within 15 mm, each side its own", () => {
  const l = layoutOf(1000, 500, 4, 5, 0);
  const m = mark(400, 420);
  const grip = (x: number, y = 300) => laneGripAt(m, x, y, limits, l, 5, "touch");
  assert.deepEqual([grip(370), grip(402), grip(418), grip(455), grip(460)], ["from", "from", "to", "to", undefined]);
  assert.equal(laneGripAt(m, 370, 300, limits, l, 5, "mouse"), undefined);
  const boxes = handleBoxes(m, limits, 1000, 5);
  assert.ok(boxes.from[1] === 400 && boxes.to[0] >= 420);
  assert.deepEqual([grip(boxes.from[0] + 2, 10), grip(412, 10), grip(boxes.to[1] - 2, 10)], ["from", "whole", "to"]);
});

test("pulled ends may cross and stay in the window", () => {
  assert.deepEqual(pulledSpan(mark(400, 420), "from", 60, limits, 0.01), { from: 420, to: 460 });
  assert.deepEqual(pulledSpan(mark(400, 420), "to", 9999, limits, 0.01), { from: 400, to: 1000 });
  assert.deepEqual(pulledSpan(mark(400, 420), "whole", 9999, limits, 0.01), { from: 980, to: 1000 });
});

test("tags stand side by side; words are whole or absent; the handles' place stays free", () => {
  const tag = (id: string, x0: number, x1: number, rank: number) => ({ id, x0, x1, w: 50, rank });
  const placed = placeStrip([tag("a", 100, 110, 1), tag("b", 120, 130, 2), tag("c", 104, 108, 0), tag("d", 600, 640, 3)], 500, [[300, 400]]);
  assert.deepEqual(placed.map((p) => [p.id, p.hasWords]), [["b", true], ["a", true], ["c", false]]);
  const [b, a] = placed;
  assert.ok(a && b && (a.x + a.w <= b.x || b.x + b.w <= a.x));
});

test("a candidate gives way to the region that took its place", () => {
  const candidate = { id: "c", rule: "r", detector: "limit", tags: ["a", "other"], from: base + 1e8, score: 0.7, severity: 1, explain: { "zh-CN": "", en: "" } };
  const input = { base, window: limits, windowTags: ["a", "b"], candidates: [candidate] };
  const open = marksOf({ ...input, regions: [] });
  assert.deepEqual(open.map((m) => [m.id, m.isProposal, m.span.from, m.span.to, m.tags]), [["c", true, 100, 1000, ["a"]]]);
  const taken = marksOf({ ...input, regions: [{ id: "c", kind: "interval", from: base, to: base + 5e8, tags: ["a"] }] });
  assert.deepEqual(taken.map((m) => [m.id, m.isProposal, m.span.to]), [["c", false, 500]]);
});
