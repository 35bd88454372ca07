import assert from "node:assert/strict";
import { test } from "node:test";
import { extentOf, hull, sizeOf } from "../../src/model/canvas/extent";
import { gripAt, pulled } from "../../src/model/canvas/handles";
import { RegionIndex } from "../../src/model/canvas/hit";
import { placeTags } from "../../src/model/canvas/placing";
import { isSet, pixelsOf, runsOf, spansOf } from "../../src/model/canvas/rle";
import { cut, drawnPoints, moved } from "../../src/model/canvas/shape";
import { overlaps } from "../../src/model/canvas/geometry";
import type { Region } from "../../src/model/types";

const image = { w: 100, h: 80 };
const box = (x: number, y: number, w: number, h: number, id = "b"): Region => ({ id, kind: "box", rect: { x, y, w, h } });

test("regions are cut at the picture's edges and never empty", () => {
  assert.deepEqual(cut({ x: -5, y: 70, w: 20, h: 30 }, image), { x: 0, y: 70, w: 15, h: 10 });
  assert.deepEqual(cut({ x: 120, y: 5, w: 3, h: 3 }, image), { x: 99, y: 5, w: 1, h: 3 });
  for (let i = 0; i < 500; i++) {
    const r = cut({ x: Math.random() * 140 - 20, y: Math.random() * 120 - 20, w: Math.random() * 90, h: Math.random() * 90 }, image);
    assert.ok(r.x >= 0 && r.y >= 0 && r.w > 0 && r.h > 0 && r.x + r.w <= image.w && r.y + r.h <= image.h, JSON.stringify(r));
  }
});

test("points are cut at the picture's edges", () => {
  assert.deepEqual(drawnPoints("p", "i", "polygon", [{ x: -1, y: 2.03 }, { x: 200, y: 90 }, { x: 5, y: 5 }], image).points, [[0, 2], [100, 80], [5, 5]]);
});

test("moving keeps a region whole inside the picture", () => {
  assert.deepEqual(moved(box(80, 10, 15, 10), { x: 50, y: -50 }, image).rect, { x: 85, y: 0, w: 15, h: 10 });
});

test("pulled edges may cross", () => {
  const r = pulled(box(10, 10, 20, 20), { hold: "side", side: "left" }, { x: 35, y: 0 }, image);
  assert.deepEqual(r.rect, { x: 30, y: 10, w: 15, h: 20 });
  const c = pulled(box(10, 10, 20, 20), { hold: "corner", corner: 2 }, { x: 5, y: 7 }, image);
  assert.deepEqual(c.rect, { x: 10, y: 10, w: 25, h: 27 });
});

test("a new polygon point comes between its neighbours", () => {
  const tri: Region = { id: "t", kind: "polygon", points: [[10, 10], [50, 10], [30, 40]] };
  assert.deepEqual(pulled(tri, { hold: "between", index: 0 }, { x: 0, y: -5 }, image).points, [[10, 10], [30, 5], [50, 10], [30, 40]]);
});

test("a grip is the nearest handle; the middle of a small box moves it", () => {
  const b = box(40, 40, 4, 4);
  assert.deepEqual(gripAt(b, { x: 42, y: 42 }, 20), { hold: "whole" });
  assert.deepEqual(gripAt(b, { x: 50, y: 42 }, 20), { hold: "side", side: "right" });
  assert.equal(gripAt(b, { x: 80, y: 42 }, 20), undefined);
});

test("a tap means the smallest region under it, with or without a search tree", () => {
  const few = [box(0, 0, 100, 80, "large"), box(20, 20, 20, 20, "small")];
  const crowd = Array.from({ length: 200 }, (_, i) => box(60 + (i % 20), 60 + (i % 7), 1, 1, `c${i}`));
  for (const regions of [few, [...few, ...crowd]]) {
    const index = new RegionIndex(regions);
    assert.equal(index.at({ x: 30, y: 30 }, 2)?.id, "small");
    assert.equal(index.at({ x: 90, y: 10 }, 2)?.id, "large");
    assert.equal(index.at({ x: 300, y: 10 }, 2), undefined);
  }
});

test("a length is hit along its line only", () => {
  const index = new RegionIndex([{ id: "m", kind: "measure", points: [[0, 0], [50, 50]] }]);
  assert.equal(index.at({ x: 26, y: 25 }, 2)?.id, "m");
  assert.equal(index.at({ x: 40, y: 10 }, 2), undefined);
});

test("runs of a mask: spans, pixels and single pixels agree with the bytes", () => {
  const w = 7;
  const bits = Uint8Array.from({ length: 35 }, (_, i) => (i * i) % 5 === 1 || (i > 11 && i < 18) ? 1 : 0);
  const runs = runsOf(bits);
  assert.equal(runs.reduce((a, b) => a + b, 0), 35);
  assert.equal(pixelsOf(runs), bits.reduce((a, b) => a + b, 0));
  const back = new Uint8Array(35);
  for (const s of spansOf(runs, w)) back.fill(1, s.y * w + s.x, s.y * w + s.x + s.n);
  assert.deepEqual(back, bits);
  bits.forEach((b, i) => assert.equal(isSet(runs, { x: 3, y: 4, w, h: 5 }, 3.5 + (i % w), 4.5 + Math.floor(i / w)), b === 1));
});

test("sizes in millimetres exist only with a calibrated camera", () => {
  assert.deepEqual(sizeOf(box(0, 0, 20, 10), 0.1), { length: 2, width: 1, area: 2 });
  assert.equal(sizeOf(box(0, 0, 20, 10), 0), undefined);
  assert.equal(extentOf({ id: "m", kind: "measure", points: [[0, 0], [3, 4]] }).length, 5);
});

test("a polygon's length and width are its greatest and least caliper distance", () => {
  const turned: Region = { id: "p", kind: "polygon", points: [[10, 0], [40, 30], [30, 40], [0, 10]] };
  const { length, width, area } = extentOf(turned);
  assert.ok(Math.abs(length - Math.hypot(20, 40)) < 1e-9, `${length}`);
  assert.ok(Math.abs(width - Math.SQRT2 * 10) < 1e-9, `${width}`);
  assert.equal(area, 600);
  assert.equal(hull([{ x: 0, y: 0 }, { x: 2, y: 0 }, { x: 1, y: 1 }, { x: 2, y: 2 }, { x: 0, y: 2 }]).length, 4);
});

test("labels never cover a mark; one without room is left out unless it must be shown", () => {
  const stage = { w: 200, h: 200 };
  const marks = [{ x: 20, y: 30, w: 40, h: 40 }, { x: 20, y: 5, w: 60, h: 20 }];
  const tag = (id: string, i: number, must = false) => ({ id, mark: marks[i] ?? { x: 0, y: 0, w: 0, h: 0 }, size: { w: 60, h: 20 }, must });
  const placed = placeTags([tag("a", 0), tag("b", 1)], marks, stage);
  assert.equal(placed.length, 2);
  for (const p of placed) for (const m of marks) assert.equal(overlaps(p.at, m), false, p.id);
  const full = [{ x: 0, y: 0, w: 200, h: 90 }, { x: 0, y: 90, w: 200, h: 110 }];
  const squeezed = (must: boolean) => placeTags([{ id: "x", mark: { x: 50, y: 50, w: 20, h: 20 }, size: { w: 60, h: 20 }, must }], full, stage);
  assert.equal(squeezed(false).length, 0);
  const forced = squeezed(true)[0];
  assert.ok(forced && !overlaps(forced.at, { x: 50, y: 50, w: 20, h: 20 }));
});
