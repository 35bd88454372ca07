import assert from "node:assert/strict";
import { test } from "node:test";
import { GROW_WITHIN } from "../../src/model/canvas/drawbox";
import { draw, isOpen, NO_SKETCH, withoutDrag, type DrawingTool, type Made, type Sketch, type Stroke } from "../../src/model/canvas/sketch";

const fine = { near: 5, least: 2 };

/** Plays strokes and collects what they make. */
function play(tool: DrawingTool, strokes: readonly Stroke[]): { sketch: Sketch; made: Made[] } {
  let sketch: Sketch = NO_SKETCH;
  const made: Made[] = [];
  for (const s of strokes) {
    const step = draw(tool, sketch, s, fine);
    sketch = step.sketch;
    if (step.made) made.push(step.made);
  }
  return { sketch, made };
}

const tap = (x: number, y: number, t = 0): Stroke => ({ on: "tap", at: { x, y }, t });

test("a box by drag, in any direction", () => {
  const from = { x: 50, y: 60 };
  const { made, sketch } = play("box", [{ on: "dragstart", from, at: { x: 45, y: 50 }, t: 0 }, { on: "dragend", from, at: { x: 10, y: 20 }, t: 1 }]);
  assert.deepEqual(made, [{ shape: "box", area: { x: 10, y: 20, w: 40, h: 40 }, grows: false }]);
  assert.equal(sketch.as, "nothing");
});

test("a box by two taps", () => {
  const { made, sketch } = play("box", [tap(10, 10), tap(30, 25)]);
  assert.deepEqual(made, [{ shape: "box", area: { x: 10, y: 10, w: 20, h: 15 }, grows: false }]);
  assert.equal(isOpen(sketch), false);
});

test("a box by four extreme taps in any order", () => {
  const extremes = [[30, 10], [10, 25], [28, 50], [60, 27]] as const;
  const orders = [[0, 1, 2, 3], [2, 0, 3, 1], [3, 1, 0, 2], [1, 3, 2, 0]];
  for (const order of orders) {
    const { made } = play("box", order.map((i) => tap(extremes[i]?.[0] ?? 0, extremes[i]?.[1] ?? 0)));
    const last = made.at(-1);
    assert.ok(last?.shape === "box");
    assert.deepEqual(last.area, { x: 10, y: 10, w: 50, h: 40 }, String(order));
    assert.deepEqual(made.map((m) => m.shape === "box" && m.grows), made.map((_, i) => i > 0));
  }
});

test("extremes on one line make no box before there is an area", () => {
  const { made } = play("box", [tap(20, 10), tap(20, 50), tap(10, 30), tap(40, 30)]);
  assert.deepEqual(made.at(-1), { shape: "box", area: { x: 10, y: 10, w: 30, h: 40 }, grows: true });
});

test("a tap long after, or inside, begins another box", () => {
  assert.equal(play("box", [tap(10, 10), tap(30, 30), tap(90, 90, GROW_WITHIN + 1), tap(99, 99, GROW_WITHIN + 2)]).made.filter((m) => m.shape === "box" && !m.grows).length, 2);
  assert.deepEqual(play("box", [tap(10, 10), tap(30, 30), tap(20, 20)]).sketch, { as: "boxtaps", taps: [{ x: 20, y: 20 }], made: false, t: 0 });
});

test("a polygon closes on its first point, on a double tap, and by finish", () => {
  const corners = [tap(10, 10), tap(50, 10), tap(50, 50)];
  for (const end of [tap(12, 12), tap(51, 50), { on: "finish" } as const]) {
    const { made } = play("polygon", [...corners, end]);
    assert.equal(made.length, 1);
    assert.equal(made[0]?.shape === "polygon" && made[0].points.length, 3);
  }
  assert.equal(play("polygon", [tap(1, 1), tap(50, 10), { on: "finish" }]).made.length, 0);
});

test("back takes the last point, cancel everything", () => {
  const s = play("polygon", [tap(10, 10), tap(50, 10), { on: "back" }]).sketch;
  assert.ok(s.as === "polygon" && s.points.length === 1);
  assert.equal(play("polygon", [tap(10, 10), { on: "cancel" }]).sketch.as, "nothing");
});

test("a length by drag or by two taps", () => {
  const from = { x: 1, y: 1 };
  const line = [{ shape: "measure", points: [from, { x: 30, y: 1 }] }];
  assert.deepEqual(play("measure", [tap(1, 1), { on: "hover", at: { x: 9, y: 9 } }, tap(30, 1)]).made, line);
  assert.deepEqual(play("measure", [{ on: "dragstart", from, at: { x: 8, y: 1 }, t: 0 }, { on: "dragend", from, at: { x: 30, y: 1 }, t: 0 }]).made, line);
});

test("a second finger drops the drag and keeps the taps", () => {
  assert.equal(withoutDrag({ as: "boxdrag", from: { x: 0, y: 0 }, to: { x: 1, y: 1 } }).as, "nothing");
  const taps: Sketch = { as: "boxtaps", taps: [{ x: 1, y: 1 }], made: false, t: 0 };
  assert.equal(withoutDrag(taps), taps);
});
