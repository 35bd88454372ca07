import assert from "node:assert/strict";
import { test } from "node:test";
import { Gestures, limitsFor, type Contact, type PointerKind } from "../../src/model/canvas/gesture";
import { LaneData } from "../../src/model/lanes/data";
import { LaneEditor } from "../../src/model/lanes/editor";
import { Loader, REST } from "../../src/model/lanes/loader";
import { marksOf } from "../../src/model/lanes/marks";
import type { Candidate, Region, SeriesBlock, Trace } from "../../src/model/types";

const base = 1_795_315_321_000_000_000;

const flat = (tag: string): Trace => ({ tag, name: tag, unit: "", kind: "buckets", t0: 0, step: 100, min: new Float64Array(100), max: new Float64Array(100).fill(1), count: new Uint32Array(100).fill(1), worst: new Uint8Array(100) });

/** Three signals over 10 s on a plot 1000 px wide: 10 ms a pixel. */
function bench(candidates: Candidate[] = []) {
  const data = new LaneData({ base, from: 0, to: 10_000, tags: ["a", "b", "c"], traces: ["a", "b", "c"].map(flat), gaps: [] });
  const ports = { regions: { value: [] as Region[] }, selected: { value: null as string | null } };
  let ids = 0;
  const show = (): void => editor.setMarks(marksOf({ base, window: data.limits, windowTags: ["a", "b", "c"], regions: ports.regions.value, candidates }));
  const editor: LaneEditor = new LaneEditor(data, { ...ports, newID: () => `n${++ids}`, commit: show, invalidate: () => undefined });
  editor.axis.resize(1000, 400, 4);
  show();
  const gestures = new Gestures(limitsFor(4));
  const at = (x: number, y: number, kind: PointerKind): Contact => ({ id: 1, kind, x, y, t: 0, size: 10, aside: false });
  const tap = (x: number, y: number, kind: PointerKind): void =>
    [...gestures.press(at(x, y, kind)), ...gestures.release(at(x, y, kind))].forEach((g) => editor.gesture(g));
  const drag = (x0: number, x1: number, y: number, kind: PointerKind): void =>
    [...gestures.press(at(x0, y, kind)), ...gestures.move(at((x0 + x1) / 2, y, kind)), ...gestures.move(at(x1, y, kind)), ...gestures.release(at(x1, y, kind))].forEach((g) => editor.gesture(g));
  const spans = () => ports.regions.value.map((r) => [Math.round(((r.from ?? 0) - base) / 1e6), Math.round(((r.to ?? 0) - base) / 1e6)]);
  return { editor, ports, tap, drag, spans };
}

test("in interval mode a drag makes an interval on the checked signals, and the mode ends", () => {
  const b = bench();
  b.editor.toggle("b");
  b.editor.setMode("interval");
  b.drag(600, 200, 150, "mouse");
  assert.deepEqual(b.spans(), [[2000, 6000]]);
  const r = b.ports.regions.value[0];
  assert.deepEqual([r?.kind, r?.origin, r?.tags], ["interval", "person", ["a", "c"]]);
  assert.equal(b.editor.mode, "look");
});

test("two clicks make an interval; a finger's single tap makes one of default length", () => {
  const mouse = bench();
  mouse.editor.setMode("interval");
  mouse.tap(300, 150, "mouse");
  mouse.tap(500, 150, "mouse");
  assert.deepEqual(mouse.spans(), [[3000, 5000]]);
  const finger = bench();
  finger.editor.setMode("interval");
  finger.tap(500, 150, "touch");
  assert.deepEqual(finger.spans(), [[4400, 5600]]);
});

test("intervals are cut at the window", () => {
  const b = bench();
  b.editor.setMode("interval");
  b.tap(10, 150, "touch");
  assert.equal(b.spans()[0]?.[0], 0);
  const r = b.ports.regions.value[0];
  assert.ok(r && (r.from ?? 0) >= base && (r.from ?? 0) < (r.to ?? 0));
});

test("a moment has both ends the same", () => {
  const b = bench();
  b.editor.setMode("instant");
  b.tap(250, 150, "touch");
  const r = b.ports.regions.value[0];
  assert.equal(r?.kind, "instant");
  assert.equal(r?.from, r?.to);
  assert.deepEqual(b.spans(), [[2500, 2500]]);
});

test("an edge is pulled by a finger anywhere along it; undo takes it back; delete removes", () => {
  const b = bench();
  b.editor.setMode("interval");
  b.drag(200, 600, 150, "mouse");
  b.drag(610, 710, 300, "touch");
  assert.deepEqual(b.spans(), [[2000, 7000]]);
  b.editor.undo();
  assert.deepEqual(b.spans(), [[2000, 6000]]);
  assert.equal(b.editor.remove(), true);
  assert.deepEqual(b.spans(), []);
});

test("a checkbox changes the selected interval and leaves it at least one signal", () => {
  const b = bench();
  b.editor.setMode("interval");
  b.drag(200, 600, 150, "mouse");
  b.editor.toggle("a");
  b.editor.toggle("b");
  b.editor.toggle("c");
  assert.deepEqual(b.ports.regions.value[0]?.tags, ["c"]);
});

test("a pulled candidate becomes an edited region of the same id with the candidate's signals", () => {
  const b = bench([{ id: "k", rule: "r", detector: "limit", tags: ["b"], from: base + 4e9, to: base + 5e9, score: 0.9, severity: 1, explain: { "zh-CN": "", en: "" } }]);
  b.tap(450, 190, "mouse");
  assert.equal(b.ports.selected.value, "k");
  b.drag(500, 550, 300, "mouse");
  const r = b.ports.regions.value[0];
  assert.deepEqual([r?.id, r?.origin, r?.tags], ["k", "edited", ["b"]]);
  assert.deepEqual(b.spans(), [[4000, 5500]]);
});

test("a drag in look mode pans when zoomed and draws nothing", () => {
  const b = bench();
  b.editor.axis.zoomMiddle(4);
  const before = b.editor.axis.view;
  b.drag(500, 400, 150, "touch");
  assert.ok(b.editor.axis.view.from > before.from);
  assert.deepEqual(b.spans(), []);
});

test("the loader waits for rest, and only the newest answer counts", async () => {
  const waiting: (() => void)[] = [];
  const answers: ((b: SeriesBlock) => void)[] = [];
  const loaded: number[] = [];
  const loader = new Loader({ base, from: 0, to: 10_000 }, {
    load: (from, _to, _n) => new Promise((resolve) => answers.push((b) => resolve({ ...b, base: from }))),
    later: (run, ms) => {
      assert.equal(ms, REST);
      waiting.push(run);
      return () => waiting.splice(waiting.indexOf(run), 1);
    },
    loaded: (d) => loaded.push(d.covers.from),
  });
  const block: SeriesBlock = { base, from: 0, to: 1600, traces: [], gaps: [] };
  loader.show({ from: 1000, to: 2000 }, 500, true);
  loader.show({ from: 2000, to: 3000 }, 500, true);
  assert.equal(waiting.length, 1, "an earlier question is called off while the view moves");
  waiting.pop()?.();
  loader.show({ from: 5000, to: 6000 }, 500, true);
  waiting.pop()?.();
  answers[1]?.(block);
  answers[0]?.(block);
  await new Promise((r) => setImmediate(r));
  assert.deepEqual(loaded, [4700]);
  loader.show({ from: 0, to: 10_000 }, 500, false);
  assert.equal(waiting.length, 0, "exact data need no finer ones");
});
