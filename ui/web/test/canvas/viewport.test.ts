import assert from "node:assert/strict";
import { test } from "node:test";
import { Camera, type ViewMemory } from "../../src/model/canvas/camera";
import { scaleBar } from "../../src/model/canvas/scalebar";
import { levelFor, Lru, tilesOf } from "../../src/model/canvas/tiles";
import { fit, held, pinched, toImage, toScreen, visible, zoomAt } from "../../src/model/canvas/viewport";

const image = { w: 2000, h: 1000 };
const stage = { w: 500, h: 500 };
const close = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test("fit shows the whole picture in the middle", () => {
  assert.deepEqual(fit(image, stage), { scale: 0.25, x: 0, y: 125 });
});

test("a whole picture stands above the keys at the stage's foot, a close one is moved over all of it", () => {
  const keys = { ...stage, h: 300, foot: 80 }, square = { w: 1000, h: 1000 };
  assert.deepEqual(fit(square, keys), { scale: 0.22, x: 140, y: 0 });
  assert.deepEqual(held(fit(square, keys), square, keys), fit(square, keys));
  assert.deepEqual(held({ scale: 0.5, x: 0, y: -9000 }, square, keys).y, 150 - 500);
  assert.deepEqual(fit(square, { ...stage, h: 100, foot: 80 }).scale, 0.05); // never less than half of the stage
});

test("a whole picture stands beside the keys at the stage's side, a close one is moved under them", () => {
  const keys = { ...stage, h: 300, side: 80 };
  assert.deepEqual(fit(image, keys), { scale: 0.21, x: 0, y: 45 });
  assert.deepEqual(held(fit(image, keys), image, keys), fit(image, keys));
  assert.deepEqual(held({ scale: 0.5, x: -9000, y: 0 }, image, keys).x, 250 - 1000);
  assert.deepEqual(fit({ w: 400, h: 800 }, keys), { scale: 0.375, x: 135, y: 0 }); // in the middle of what is free
  close(fit({ w: 1200, h: 900 }, { w: 513, h: 383, side: 77 }).x, 0); // 1200 * (436 / 1200) is more than 436
});

test("screen and image coordinates are inverse to each other", () => {
  const v = { scale: 0.37, x: 12, y: -40 };
  const p = toImage(v, toScreen(v, { x: 123.25, y: 7.5 }));
  close(p.x, 123.25);
  close(p.y, 7.5);
});

test("zooming keeps the point under the cursor in place", () => {
  const at = { x: 130, y: 200 };
  const v = fit(image, stage);
  const before = toImage(v, at);
  const after = toImage(zoomAt(v, at, 3.3), at);
  close(after.x, before.x);
  close(after.y, before.y);
});

test("a pinch keeps what is under both fingers under them", () => {
  const v = fit(image, stage);
  const [a0, b0, a1, b1] = [{ x: 100, y: 200 }, { x: 200, y: 200 }, { x: 60, y: 240 }, { x: 360, y: 240 }];
  const w = pinched(v, a0, b0, a1, b1);
  close(w.scale, v.scale * 3);
  close(toScreen(w, toImage(v, a0)).x, a1.x);
  close(toScreen(w, toImage(v, b0)).x, b1.x);
  close(toScreen(w, toImage(v, b0)).y, b1.y);
});

test("a picture cannot be pushed out of reach", () => {
  const v = held({ scale: 1, x: 9000, y: -9000 }, image, stage);
  assert.deepEqual(v, { scale: 1, x: 250, y: 250 - 1000 });
  assert.deepEqual(held({ scale: 0.25, x: 77, y: 0 }, image, stage), { scale: 0.25, x: 0, y: 125 });
});

test("visible is cut at the image's edges", () => {
  assert.deepEqual(visible(fit(image, stage), image, stage), { x: 0, y: 0, w: 2000, h: 1000 });
});

test("the camera keeps zoom and position between pictures of one key only", () => {
  const memory: ViewMemory = new Map();
  const camera = new Camera(memory, () => undefined);
  camera.resize(stage);
  camera.open(image, "CAM-1");
  camera.zoom({ x: 100, y: 200 }, 4);
  const seen = camera.viewport;
  camera.open(image, "CAM-2");
  assert.equal(camera.whole, true);
  camera.open(image, "CAM-1");
  assert.deepEqual(camera.viewport, seen);
});

test("the camera stays whole through a change of the stage's size", () => {
  const camera = new Camera(new Map(), () => undefined);
  camera.resize(stage);
  camera.open(image, "k");
  camera.resize({ w: 800, h: 300 });
  assert.equal(camera.whole, true);
  camera.toggle();
  assert.equal(camera.viewport.scale, 1);
  camera.toggle();
  assert.equal(camera.whole, true);
});

test("the scale bar is a round length that fits", () => {
  assert.deepEqual(scaleBar(0.5, 0.1, 120), { width: 100, length: 20, unit: "mm" });
  assert.deepEqual(scaleBar(0.5, 0, 120), { width: 100, length: 200, unit: "px" });
  const micro = scaleBar(4, 0.002, 120);
  assert.equal(micro.unit, "µm");
  assert.equal(micro.length, 50);
});

test("tiles: the level has a pixel for each device pixel, edge tiles are cut", () => {
  assert.equal(levelFor(1, 1, 4), 4);
  assert.equal(levelFor(0.25, 1, 4), 2);
  assert.equal(levelFor(0.25, 2, 4), 3);
  assert.equal(levelFor(1e-6, 1, 4), 0);
  const tiles = tilesOf({ x: 0, y: 0, w: 1200, h: 700 }, { w: 1200, h: 700 }, 2, 2);
  assert.equal(tiles.length, 6);
  const last = tiles.find((t) => t.x === 2 && t.y === 1);
  assert.deepEqual(last?.area, { x: 1024, y: 512, w: 176, h: 188 });
  assert.deepEqual(tilesOf({ x: 600, y: 10, w: 5, h: 5 }, { w: 1200, h: 700 }, 2, 2).map((t) => [t.x, t.y]), [[1, 0]]);
});

test("the tile store forgets what was not asked for longest", () => {
  const gone: string[] = [];
  const store = new Lru<string>(2, (v) => gone.push(v));
  store.set("a", "A");
  store.set("b", "B");
  store.get("a");
  store.set("c", "C");
  assert.deepEqual(gone, ["B"]);
  store.clear();
  assert.deepEqual(gone.sort(), ["A", "B", "C"]);
});
