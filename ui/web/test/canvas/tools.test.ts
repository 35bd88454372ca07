import assert from "node:assert/strict";
import { test } from "node:test";
import { Camera } from "../../src/model/canvas/camera";
import { Editor, type EditorPorts } from "../../src/model/canvas/editor";
import type { Assistant } from "../../src/model/canvas/assistant";
import type { Contact } from "../../src/model/canvas/gesture";
import { painted } from "../../src/model/canvas/mask";
import { isSet, pixelsOf } from "../../src/model/canvas/rle";
import type { Tool } from "../../src/model/stage";
import type { Region } from "../../src/model/types";

/** An editor on a 1000 × 1000 picture shown at its own size. */
function bench(tool: Tool, assistant?: Assistant) {
  const regions: { value: Region[] } = { value: [] };
  const selected: { value: string | null } = { value: null };
  const now = { value: tool };
  const camera = new Camera(new Map(), () => undefined);
  camera.resize({ w: 1000, h: 1000 });
  camera.open({ w: 1000, h: 1000 }, "cam");
  let ids = 0;
  const ports: EditorPorts = { regions, selected, tool: now, newID: () => `n${++ids}`, commit: (r) => editor.setScene(r, []), invalidate: () => undefined, ...(assistant ? { assistant } : {}) };
  const editor: Editor = new Editor(camera, ports);
  editor.open("sha", 0.1);
  editor.setMillimetre(4);
  const at = (x: number, y: number): Contact => ({ id: 1, kind: "mouse", x, y, t: 0, size: 1, aside: false });
  const tap = (x: number, y: number): void => editor.gesture({ on: "tap", at: at(x, y) });
  const drag = (...points: [number, number][]): void => {
    const all = points.map(([x, y]) => at(x, y));
    const from = all[0] ?? at(0, 0);
    const to = all.at(-1) ?? from;
    editor.gesture({ on: "dragstart", from, at: all[1] ?? from });
    for (let i = 1; i < all.length; i++) editor.gesture({ on: "drag", from, last: all[i - 1] ?? from, at: all[i] ?? from });
    editor.gesture({ on: "dragend", from, at: to });
  };
  const first = (): Region | undefined => regions.value[0];
  return { editor, regions, selected, tool: now, tap, drag, first };
}

const near = (a: number | undefined, b: number, by: number): void => assert.ok(a !== undefined && Math.abs(a - b) <= by, `${a} is not ${b} ± ${by}`);

test("a rotated box is drawn along its long side, its handle turns it and its sides keep the opposite one", () => {
  const b = bench("rotated_box");
  b.drag([200, 200], [400, 400]);
  const r = b.first();
  assert.equal(r?.kind, "rotated_box");
  assert.equal(r?.angle, 45);
  near(r?.size?.length, 28.28, 0.02);
  const turn = b.editor.gripUnder({ x: 300 + 67 * Math.SQRT1_2, y: 300 - 67 * Math.SQRT1_2 }, "mouse");
  assert.equal(turn?.hold, "turn");
  b.editor.nudge({ hold: "side", side: "right" }, { x: 20, y: 0 });
  near(b.first()?.rect?.w, 302.8, 0.1);
  const rect = b.first()?.rect;
  near(rect && rect.x + rect.w / 2, 300 + 10 * Math.SQRT1_2, 0.1);
  b.editor.turn(-45);
  assert.equal(b.first()?.angle, 0);
  b.editor.undo();
  assert.equal(b.first()?.angle, 45);
});

test("the turning handle is pulled round the box and stops straight", () => {
  const b = bench("rotated_box");
  b.drag([200, 300], [400, 300]);
  b.drag([300, 300 - 16 - 44], [360, 260], [380, 301]);
  assert.equal(b.first()?.angle, 90);
});

test("the brush makes one mask of many strokes, the eraser takes away, and each stroke is undone alone", () => {
  const b = bench("brush");
  b.editor.pen.setRadius(10);
  b.drag([100, 100], [200, 100]);
  b.drag([150, 50], [150, 150]);
  assert.equal(b.regions.value.length, 1);
  const whole = pixelsOf(b.first()?.runs ?? []);
  near(whole, 2 * (100 * 20 + Math.PI * 100) - 400, 20);
  b.tool.value = "erase";
  b.tap(150, 100);
  const r = b.first();
  assert.ok(r?.rect && !isSet(r.runs ?? [], r.rect, 150, 100) && isSet(r.runs ?? [], r.rect, 120, 100));
  b.editor.undo();
  assert.equal(pixelsOf(b.first()?.runs ?? []), whole);
  b.editor.undo();
  assert.deepEqual(b.first()?.rect, { x: 90, y: 90, w: 120, h: 20 });
});

test("a mask that is rubbed out altogether is gone, and comes back by undo", () => {
  const b = bench("brush");
  b.editor.pen.setRadius(5);
  b.tap(50, 50);
  b.tool.value = "erase";
  b.editor.pen.setRadius(50);
  b.tap(50, 50);
  assert.deepEqual(b.regions.value, []);
  b.editor.undo();
  assert.equal(b.first()?.kind, "mask");
});

test("done with a mask lets the next stroke begin another", () => {
  const b = bench("brush");
  b.tap(50, 50);
  assert.equal(b.editor.finish(), true);
  b.tap(300, 300);
  assert.equal(b.regions.value.length, 2);
});

test("a mask stays inside the picture and its runs fill its rectangle", () => {
  const image = { w: 30, h: 20 };
  for (let i = 0; i < 200; i++) {
    const points = Array.from({ length: 3 }, () => ({ x: Math.random() * 50 - 10, y: Math.random() * 40 - 10 }));
    const m = painted(undefined, { points, radius: Math.random() * 8, erases: false }, image);
    if (!m) continue;
    assert.ok(m.rect.x >= 0 && m.rect.y >= 0 && m.rect.x + m.rect.w <= 30 && m.rect.y + m.rect.h <= 20);
    assert.equal(m.runs.reduce((a, n) => a + n, 0), m.rect.w * m.rect.h);
  }
});

test("two fingers set the brush and do not zoom", () => {
  const b = bench("brush");
  b.editor.pen.setRadius(10);
  const scale = b.editor.camera.viewport.scale;
  b.editor.gesture({ on: "pinch", was: [{ x: 0, y: 0 }, { x: 100, y: 0 }], now: [{ x: 0, y: 0 }, { x: 200, y: 0 }] });
  assert.equal(b.editor.pen.radius, 20);
  assert.equal(b.editor.camera.viewport.scale, scale);
});

test("a polyline ends with a second tap on its last point; a point is one tap", () => {
  const b = bench("polyline");
  b.tap(100, 100);
  b.tap(200, 100);
  b.tap(200, 200);
  b.tap(200, 200);
  assert.deepEqual([b.first()?.kind, b.first()?.size?.length], ["polyline", 20]);
  b.tool.value = "point";
  b.tap(10, 20);
  assert.deepEqual(b.regions.value[1]?.points, [[10, 20]]);
});

test("the keyboard alone places a point, and draws a line", () => {
  const b = bench("polyline");
  assert.equal(b.editor.hand.tap(0), true);
  b.editor.hand.tap(1);
  b.editor.hand.move(80, 0);
  b.editor.hand.tap(2);
  assert.equal(b.editor.finish(), true);
  assert.deepEqual(b.first()?.points, [[500, 500], [580, 500]]);
});

test("what the assistant finds becomes a mask; an answer to a picture that is gone does not", async () => {
  let tell: (m: { rect: { x: number; y: number; w: number; h: number }; runs: number[] }) => void = () => undefined;
  const assistant: Assistant = { cutOut: () => new Promise((resolve) => (tell = resolve)), grow: async () => undefined, wire: async () => undefined };
  const b = bench("cutout", assistant);
  const mask = { rect: { x: 110, y: 110, w: 2, h: 2 }, runs: [0, 4] };
  b.drag([100, 100], [150, 150]);
  assert.equal(b.editor.pen.asking, true);
  tell(mask);
  await new Promise((done) => setImmediate(done));
  assert.deepEqual([b.first()?.kind, b.first()?.rect, b.editor.pen.asking], ["mask", mask.rect, false]);
  b.drag([200, 200], [250, 250]);
  b.editor.open("other", 0);
  tell(mask);
  await new Promise((done) => setImmediate(done));
  assert.equal(b.regions.value.length, 1);
});
