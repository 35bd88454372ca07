import assert from "node:assert/strict";
import { test } from "node:test";
import { Camera } from "../../src/model/canvas/camera";
import { Editor } from "../../src/model/canvas/editor";
import { Gestures, limitsFor, type Contact, type PointerKind } from "../../src/model/canvas/gesture";
import type { Tool } from "../../src/model/stage";
import type { Region } from "../../src/model/types";

/** An editor on a 1000 × 1000 picture shown at half size, with fingers that work through the gestures. */
function bench(tool: Tool, regions: Region[] = [], proposals: Region[] = [], mmPerPx = 0.1) {
  const ports = { regions: { value: regions }, selected: { value: null as string | null }, tool: { value: tool } };
  const commits: Region[][] = [];
  let ids = 0;
  const camera = new Camera(new Map(), () => undefined);
  camera.resize({ w: 500, h: 500 });
  camera.open({ w: 1000, h: 1000 }, "cam");
  const editor = new Editor(camera, {
    ...ports,
    newID: () => `n${++ids}`,
    commit: (r) => {
      commits.push(r);
      editor.setScene(r, proposals);
    },
    invalidate: () => undefined,
  });
  editor.open("sha", mmPerPx);
  editor.setMillimetre(4);
  editor.setScene(regions, proposals);
  const gestures = new Gestures(limitsFor(4));
  const at = (x: number, y: number, kind: PointerKind, id = 1, size = 10): Contact => ({ id, kind, x, y, t: 0, size, aside: false });
  const send = (all: ReturnType<Gestures["press"]>): void => all.forEach((g) => editor.gesture(g));
  const tap = (x: number, y: number, kind: PointerKind = "touch", size = 10): void => {
    send(gestures.press(at(x, y, kind, 1, size)));
    send(gestures.release(at(x, y, kind, 1, size)));
  };
  const drag = (x0: number, y0: number, x1: number, y1: number, kind: PointerKind = "touch"): void => {
    send(gestures.press(at(x0, y0, kind)));
    for (let i = 1; i <= 5; i++) send(gestures.move(at(x0 + ((x1 - x0) * i) / 5, y0 + ((y1 - y0) * i) / 5, kind)));
    send(gestures.release(at(x1, y1, kind)));
  };
  const sketched = (): string => editor.sketch.as;
  const first = (): Region | undefined => ports.regions.value[0];
  return { sketched, first, editor, camera, ports, commits, gestures, tap, drag, at, send };
}

const region = (id: string, x: number, y: number, w: number, h: number): Region => ({ id, kind: "box", origin: "person", image: "sha", rect: { x, y, w, h } });

test("a drag with the box tool makes a region in original pixels with its size, and commits once", () => {
  const b = bench("box");
  b.drag(100, 100, 200, 150);
  assert.deepEqual(b.ports.regions.value, [{ id: "n1", kind: "box", origin: "person", image: "sha", rect: { x: 200, y: 200, w: 200, h: 100 }, size: { length: 20, width: 10, area: 200 } }]);
  assert.equal(b.commits.length, 1);
  assert.equal(b.ports.selected.value, "n1");
});

test("four taps grow one region and each growth can be undone", () => {
  const b = bench("box");
  for (const [x, y] of [[150, 100], [100, 150], [160, 220], [240, 160]] as const) b.tap(x, y);
  assert.deepEqual(b.ports.regions.value.map((r) => r.rect), [{ x: 200, y: 200, w: 280, h: 240 }]);
  b.editor.undo();
  assert.deepEqual(b.ports.regions.value.map((r) => r.rect), [{ x: 200, y: 200, w: 120, h: 240 }]);
  b.editor.undo();
  b.editor.undo();
  assert.deepEqual(b.ports.regions.value, []);
  assert.equal(b.editor.undo(), false);
});

test("an uncalibrated camera gives no size", () => {
  const b = bench("box", [], [], 0);
  b.drag(100, 100, 200, 150);
  assert.equal(b.ports.regions.value[0]?.size, undefined);
});

test("in the pan tool a tap selects, a drag on nothing pans, a drag on a handle reshapes", () => {
  const b = bench("pan", [region("r", 400, 400, 200, 200)]);
  b.tap(250, 250);
  assert.equal(b.ports.selected.value, "r");
  b.drag(300, 250, 350, 250);
  assert.deepEqual(b.ports.regions.value[0]?.rect, { x: 400, y: 400, w: 300, h: 200 });
  b.camera.zoom({ x: 250, y: 250 }, 2);
  const before = b.camera.viewport;
  b.drag(20, 20, 60, 40);
  assert.equal(b.camera.viewport.x, before.x + 40);
  assert.equal(b.ports.regions.value.length, 1);
});

test("a proposal that is pulled becomes an edited region of the same id; the proposal itself stays as it is", () => {
  const proposal: Region = { ...region("p", 400, 400, 200, 200), origin: "machine", score: 0.8, class: "s" };
  const b = bench("pan", [], [proposal]);
  b.tap(250, 250);
  b.drag(250, 250, 260, 250);
  const r = b.ports.regions.value[0];
  assert.deepEqual([r?.id, r?.origin, r?.class, r?.rect?.x], ["p", "edited", "s", 420]);
  assert.equal(proposal.rect?.x, 400);
  assert.equal(b.editor.scene.isProposal("p"), false);
});

test("an accepted proposal that is reshaped counts as edited", () => {
  const b = bench("pan", [{ ...region("p", 400, 400, 200, 200), origin: "accepted" }]);
  b.tap(250, 250);
  b.drag(250, 250, 255, 265);
  assert.equal(b.ports.regions.value[0]?.origin, "edited");
});

test("palms draw nothing, and a second finger ends what the first began", () => {
  const b = bench("box");
  b.tap(100, 100, "touch", 200);
  assert.equal(b.sketched(), "nothing");
  b.send(b.gestures.press(b.at(100, 100, "touch", 1)));
  b.send(b.gestures.move(b.at(150, 150, "touch", 1)));
  assert.equal(b.sketched(), "boxdrag");
  b.send(b.gestures.press(b.at(300, 300, "touch", 2)));
  b.send(b.gestures.move(b.at(400, 400, "touch", 2)));
  assert.equal(b.sketched(), "nothing");
  assert.ok(b.camera.viewport.scale > 0.5);
  b.send(b.gestures.release(b.at(400, 400, "touch", 2)));
  b.send(b.gestures.move(b.at(160, 160, "touch", 1)));
  b.send(b.gestures.release(b.at(160, 160, "touch", 1)));
  assert.deepEqual(b.ports.regions.value, []);
});

test("delete removes a person's region and leaves a proposal; undo brings it back", () => {
  const b = bench("pan", [region("r", 0, 0, 100, 100)], [region("p", 500, 500, 100, 100)]);
  b.ports.selected.value = "p";
  assert.equal(b.editor.remove(), false);
  b.ports.selected.value = "r";
  assert.equal(b.editor.remove(), true);
  assert.deepEqual(b.ports.regions.value, []);
  b.editor.undo();
  assert.equal(b.first()?.id, "r");
});

test("undo takes back a shape and keeps a class that was given in between", () => {
  const b = bench("pan", [region("r", 400, 400, 200, 200)]);
  b.tap(250, 250);
  b.drag(300, 250, 350, 250);
  b.ports.regions.value = b.ports.regions.value.map((r) => ({ ...r, class: "dent" }));
  b.editor.undo();
  assert.deepEqual([b.ports.regions.value[0]?.rect?.w, b.ports.regions.value[0]?.class], [200, "dent"]);
});

test("escape drops the sketch first and the selection second", () => {
  const b = bench("polygon", [region("r", 0, 0, 100, 100)]);
  b.ports.selected.value = "r";
  b.tap(300, 300);
  assert.equal(b.editor.escape(), true);
  assert.deepEqual([b.sketched(), b.ports.selected.value], ["nothing", "r"]);
  assert.equal(b.editor.escape(), true);
  assert.equal(b.ports.selected.value, null);
  assert.equal(b.editor.escape(), false);
});

test("the keyboard alone draws and shapes a box", () => {
  const b = bench("box");
  assert.equal(b.editor.hand.placeMiddle(), true);
  b.editor.nudge({ hold: "side", side: "left" }, { x: -10, y: 0 });
  assert.deepEqual(b.ports.regions.value[0]?.rect, { x: 390, y: 400, w: 210, h: 200 });
});
