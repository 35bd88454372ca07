import assert from "node:assert/strict";
import { test } from "node:test";
import { shiftBetween } from "../../src/model/assist/register";
import type { Grey } from "../../src/model/assist/grey";
import { Camera } from "../../src/model/canvas/camera";
import { Clip } from "../../src/model/canvas/clip";
import { Editor } from "../../src/model/canvas/editor";
import type { Contact } from "../../src/model/canvas/gesture";
import { Magnet } from "../../src/model/canvas/magnet";
import { Scene } from "../../src/model/canvas/scene";
import type { Tool } from "../../src/model/stage";
import type { Region } from "../../src/model/types";

const box = (id: string, x: number, y: number, w: number, h: number, image = "sha"): Region => ({ id, kind: "box", origin: "person", image, rect: { x, y, w, h } });
const line = (kind: "polygon" | "polyline", ...points: [number, number][]): Region => ({ id: "l", kind, origin: "person", image: "sha", points });

/** An editor on a 1000 × 1000 picture shown at its own size; the magnet is on. */
function bench(tool: Tool, regions: Region[] = [], clip = new Clip(), image = "sha") {
  const ports = { regions: { value: regions }, selected: { value: null as string | null }, tool: { value: tool }, snap: { value: true }, clip };
  const camera = new Camera(new Map(), () => undefined);
  camera.resize({ w: 1000, h: 1000 });
  camera.open({ w: 1000, h: 1000 }, "cam");
  let ids = 0;
  const editor: Editor = new Editor(camera, { ...ports, newID: () => `${image}-${++ids}`, commit: (r) => editor.setScene(r, []), invalidate: () => undefined });
  editor.open(image, 0.1, "cam");
  editor.setScene(regions, []);
  const at = (x: number, y: number): Contact => ({ id: 1, kind: "mouse", x, y, t: 0, size: 1, aside: false });
  const drag = (x0: number, y0: number, x1: number, y1: number): void => {
    editor.gesture({ on: "dragstart", from: at(x0, y0), at: at(x0, y0) });
    editor.gesture({ on: "dragend", from: at(x0, y0), at: at(x1, y1) });
  };
  const tap = (x: number, y: number): void => editor.gesture({ on: "tap", at: at(x, y) });
  return { editor, ports, drag, tap, ids: () => ports.regions.value.map((r) => r.id), of: (id: string) => ports.regions.value.find((r) => r.id === id) };
}

test("what was undone can be made again, until something else is done", () => {
  const b = bench("box");
  b.drag(100, 100, 200, 200);
  b.drag(300, 300, 400, 400);
  b.ports.tool.value = "pan";
  b.drag(350, 350, 550, 350);
  assert.equal(b.of("sha-2")?.rect?.x, 500);
  assert.equal(b.editor.undo() && b.editor.undo(), true);
  assert.deepEqual(b.ids(), ["sha-1"]);
  assert.equal(b.editor.redo(), true);
  assert.equal(b.of("sha-2")?.rect?.x, 300);
  assert.equal(b.editor.redo(), true);
  assert.deepEqual([b.of("sha-2")?.rect?.x, b.editor.canRedo, b.editor.redo()], [500, false, false]);
  b.editor.undo();
  b.ports.selected.value = "sha-1";
  b.editor.remove();
  assert.equal(b.editor.redo(), false);
  b.editor.undo();
  assert.deepEqual(b.ids(), ["sha-1", "sha-2"]);
});

test("a copy lies beside its original on the same picture and in the same place on the next one of the camera", () => {
  const clip = new Clip();
  const first = bench("pan", [{ ...box("a", 100, 100, 50, 40), class: "dent", score: 0.9, links: ["z"] }], clip);
  first.ports.selected.value = "a";
  assert.equal(first.editor.desk.copy(), true);
  assert.equal(first.editor.desk.paste() && first.editor.desk.paste(), true);
  assert.deepEqual(first.ports.regions.value.map((r) => r.rect?.x), [100, 116, 132]);
  const next = bench("pan", [], clip, "next");
  next.editor.desk.paste();
  assert.deepEqual(next.ports.regions.value, [{ id: "next-1", kind: "box", origin: "person", image: "next", class: "dent", rect: { x: 100, y: 100, w: 50, h: 40 }, size: { length: 5, width: 4, area: 20 } }]);
  next.editor.undo();
  assert.deepEqual(next.ids(), []);
  const other = bench("pan", [], clip, "other");
  other.editor.open("other", 0, "another camera");
  assert.deepEqual([other.editor.desk.canPaste, other.editor.desk.paste()], [false, false]);
});

test("with nothing selected all that was drawn on the picture is copied, and pasted as one edit", () => {
  const clip = new Clip();
  const b = bench("pan", [box("a", 0, 0, 10, 10), box("b", 500, 500, 10, 10), box("c", 5, 5, 9, 9, "another picture")], clip);
  b.editor.desk.copy();
  const next = bench("pan", [], clip, "next");
  next.editor.desk.paste();
  assert.equal(next.ids().length, 2);
  next.editor.undo();
  assert.equal(next.ids().length, 0);
});

test("a region comes forward and goes back among those of its picture", () => {
  const b = bench("pan", [box("a", 0, 0, 9, 9), box("other", 0, 0, 9, 9, "another"), box("b", 0, 0, 9, 9), box("c", 0, 0, 9, 9)]);
  b.ports.selected.value = "a";
  assert.equal(b.editor.desk.bring(1), true);
  assert.deepEqual(b.ids(), ["other", "b", "a", "c"]);
  assert.deepEqual([b.editor.desk.bring(1), b.editor.desk.bring(1)], [true, false]);
  assert.deepEqual(b.ids(), ["other", "b", "c", "a"]);
  b.editor.desk.bring(-1);
  b.editor.undo();
  b.editor.undo();
  b.editor.undo();
  assert.deepEqual(b.ids(), ["a", "other", "b", "c"]);
});

test("a drawn box holds on to the sides of its neighbours and of the picture", () => {
  const b = bench("box", [box("a", 200, 200, 100, 100)]);
  b.drag(304, 150, 400, 197);
  assert.deepEqual(b.of("sha-1")?.rect, { x: 300, y: 150, w: 100, h: 50 });
  b.drag(4, 800, 60, 996);
  assert.deepEqual(b.of("sha-2")?.rect, { x: 0, y: 800, w: 60, h: 200 });
  b.ports.snap.value = false;
  b.drag(140, 220, 196, 290);
  assert.deepEqual(b.of("sha-3")?.rect, { x: 140, y: 220, w: 56, h: 70 });
});

test("a pulled side and a moved box hold on too, but never to themselves", () => {
  const b = bench("pan", [box("a", 200, 200, 100, 100), box("b", 400, 210, 60, 60)]);
  b.ports.selected.value = "b";
  b.drag(400, 240, 304, 240);
  assert.deepEqual(b.of("b")?.rect, { x: 300, y: 210, w: 160, h: 60 });
  b.drag(380, 240, 384, 229);
  assert.deepEqual(b.of("b")?.rect, { x: 300, y: 200, w: 160, h: 60 });
});

test("a point holds on to corners before lines, and to nothing far away", () => {
  const scene = new Scene({ image: "sha", regions: [box("a", 200, 200, 100, 100)], proposals: [] });
  const magnet = new Magnet((...a) => scene.within(...a), { w: 1000, h: 1000 }, 6);
  assert.deepEqual(magnet.point({ x: 204, y: 203 }), { x: 200, y: 200 });
  assert.deepEqual(magnet.point({ x: 250, y: 204 }), { x: 250, y: 200 });
  assert.deepEqual(magnet.point({ x: 250, y: 220 }), { x: 250, y: 220 });
  assert.deepEqual(magnet.point({ x: 500, y: 996 }), { x: 500, y: 1000 });
});

test("points of lines are pulled, added between, taken away by pulling them onto a neighbour, and no line loses its last", () => {
  const b = bench("pan", [line("polyline", [100, 100], [300, 100], [300, 300])]);
  b.ports.selected.value = "l";
  b.ports.snap.value = false;
  b.drag(200, 100, 200, 160);
  assert.deepEqual(b.of("l")?.points, [[100, 100], [200, 160], [300, 100], [300, 300]]);
  b.drag(200, 160, 102, 101);
  assert.deepEqual(b.of("l")?.points, [[100, 100], [300, 100], [300, 300]]);
  assert.equal(b.editor.removePoint(0), true);
  assert.equal(b.editor.removePoint(0), false);
  assert.deepEqual(b.of("l")?.points, [[300, 100], [300, 300]]);
  b.drag(300, 150, 340, 150);
  assert.deepEqual(b.of("l")?.points, [[340, 100], [340, 300]], "between its handles the whole line moves");
  const p = bench("pan", [line("polygon", [0, 0], [100, 0], [100, 100])]);
  p.ports.selected.value = "l";
  assert.equal(p.editor.removePoint(1), false);
});

test("a turned box is pulled by a corner and the opposite one stays", () => {
  const b = bench("pan", [{ id: "t", kind: "rotated_box", origin: "person", image: "sha", rect: { x: 400, y: 450, w: 200, h: 100 }, angle: 90 }]);
  b.ports.selected.value = "t";
  b.drag(550, 400, 570, 380); // its upper left corner stands at the right above
  assert.deepEqual(b.of("t")?.rect && [b.of("t")?.rect?.w, b.of("t")?.rect?.h], [220, 120]);
});

/** Spots on a slope of light, moved. */
function spots(w: number, h: number, dx: number, dy: number, gain: number): Grey {
  const px = new Uint8Array(w * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      let v = 60 + (x * 30) / w;
      for (let k = 0; k < 40; k++) if (Math.hypot(x - dx - ((k * 7919) % w), y - dy - ((k * 104729) % h)) < 6 + (k % 5)) v += 70;
      px[y * w + x] = Math.min(255, v * gain);
    }
  }
  return { w, h, px };
}

test("two pictures of a part that lies a little differently are laid on one another, whatever the light", () => {
  const shift = shiftBetween(spots(400, 300, 23, -11, 1), spots(400, 300, 0, 0, 0.7));
  assert.ok(shift && Math.abs(shift.dx - 23) < 0.5 && Math.abs(shift.dy + 11) < 0.5, JSON.stringify(shift));
  const noise = (seed: number): Grey => {
    let v = seed;
    const next = (): number => (v ^= v << 13, v ^= v >>> 17, v ^= v << 5) & 255;
    return { w: 200, h: 200, px: Uint8Array.from({ length: 40000 }, next) };
  };
  assert.equal(shiftBetween(noise(1), noise(77777)), undefined);
});
