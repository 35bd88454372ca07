import assert from "node:assert/strict";
import { test } from "node:test";
import { filled, kept } from "../../src/model/assist/bits";
import type { Grey } from "../../src/model/assist/grey";
import { ringPlane } from "../../src/model/assist/plane";
import { answer } from "../../src/model/assist/questions";
import { tracePath } from "../../src/model/assist/trace";

/** A picture by a function of the place, with noise of ±2 that is the same in every run. */
function picture(w: number, h: number, f: (x: number, y: number) => number): Grey {
  let seed = 7;
  const noise = (): number => ((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648) * 4 - 2;
  return { w, h, px: Uint8Array.from({ length: w * h }, (_, i) => Math.max(0, Math.min(255, f(i % w, Math.floor(i / w)) + noise()))) };
}

/** Intersection over union with what is meant. */
function overlap(bits: Uint8Array | undefined, meant: (i: number) => boolean): number {
  let both = 0, any = 0;
  bits?.forEach((b, i) => {
    if (b === 1 && meant(i)) both++;
    if (b === 1 || meant(i)) any++;
  });
  return any === 0 ? 0 : both / any;
}

const shading = (x: number, y: number): number => 60 + x * 0.5 + y * 0.3;

test("a box around a spot gives the spot, dark or bright, on a slope of light", () => {
  for (const sign of [-40, 40]) {
    const spot = (x: number, y: number): boolean => Math.hypot(x - 60, y - 50) <= 9;
    const grey = picture(120, 100, (x, y) => shading(x, y) + (spot(x, y) ? sign : 0));
    const box = { x: 46, y: 38, w: 28, h: 26 };
    const { bytes } = answer({ ask: "cutout", id: 1, grey, box });
    const iou = overlap(bytes, (i) => spot(box.x + (i % box.w), box.y + Math.floor(i / box.w)));
    assert.ok(iou > 0.9, `sign ${sign}: ${iou}`);
  }
});

test("a box around a spot that is dark and bright in pieces gives all of it", () => {
  const spot = (x: number, y: number): boolean => Math.abs(x - 60) <= 10 && Math.abs(y - 50) <= 8;
  const grey = picture(120, 100, (x, y) => shading(x, y) + (spot(x, y) ? ((x >> 2) + (y >> 2)) % 2 === 0 ? 45 : -45 : 0));
  const box = { x: 46, y: 38, w: 28, h: 25 };
  const iou = overlap(answer({ ask: "cutout", id: 1, grey, box }).bytes, (i) => spot(box.x + (i % box.w), box.y + Math.floor(i / box.w)));
  assert.ok(iou > 0.75, String(iou));
});

test("a box on nothing gives nothing", () => {
  const grey = picture(120, 100, shading);
  assert.equal(answer({ ask: "cutout", id: 1, grey, box: { x: 40, y: 30, w: 30, h: 30 } }).bytes, undefined);
});

test("a box at the picture's edge, and one as large as the picture, are answered", () => {
  const grey = picture(60, 50, (x, y) => (x < 8 && y < 8 ? 20 : 120));
  assert.ok(overlap(answer({ ask: "cutout", id: 1, grey, box: { x: 0, y: 0, w: 11, h: 11 } }).bytes, (i) => i % 11 < 8 && i < 11 * 8) > 0.85);
  assert.doesNotThrow(() => answer({ ask: "cutout", id: 1, grey, box: { x: 0, y: 0, w: 60, h: 50 } }));
});

test("the background's slope is found beside a disturbance", () => {
  const grey = picture(120, 100, (x, y) => (x > 70 ? 250 : shading(x, y)));
  const plane = ringPlane(grey, { x: 30, y: 30, w: 36, h: 36 }, 8);
  assert.ok(Math.abs(plane.b - 0.5) < 0.08 && Math.abs(plane.c - 0.3) < 0.08, JSON.stringify(plane));
});

test("a tap grows to the border of the patch", () => {
  const spot = (x: number, y: number): boolean => Math.abs(x - 50) <= 12 && Math.abs(y - 50) <= 7;
  const grey = picture(100, 100, (x, y) => (spot(x, y) ? 70 : 150));
  const { bytes } = answer({ ask: "grow", id: 1, grey, x: 52, y: 49 });
  assert.ok(overlap(bytes, (i) => spot(i % 100, Math.floor(i / 100))) > 0.8);
  assert.equal(answer({ ask: "grow", id: 2, grey: { w: 40, h: 40, px: new Uint8Array(1600).fill(80) }, x: 20, y: 20 }).bytes, undefined);
});

test("the wire follows an edge round a disc instead of cutting across", () => {
  const grey = picture(120, 120, (x, y) => (Math.hypot(x - 60, y - 60) < 40 ? 200 : 60));
  const { bytes } = answer({ ask: "wire", id: 1, grey, x: 100, y: 60 });
  assert.ok(bytes);
  const way = tracePath({ area: { x: 0, y: 0, w: 120, h: 120 }, w: 120, h: 120, back: bytes }, { x: 100.5, y: 60.5 }, { x: 60.5, y: 20.5 });
  assert.deepEqual([way[0], way.at(-1)], [{ x: 100.5, y: 60.5 }, { x: 60.5, y: 20.5 }]);
  for (const p of way) assert.ok(Math.abs(Math.hypot(p.x - 60, p.y - 60) - 40) < 3.5, JSON.stringify(p));
  assert.ok(way.length >= 4 && way.length < 60);
});

test("bits: small pieces go, holes fill", () => {
  const draw = (rows: string[]): Uint8Array => Uint8Array.from(rows.join(""), (c) => (c === "#" ? 1 : 0));
  assert.deepEqual(kept(draw(["##...", "##..#", "....."]), 5, 3, 0.5), draw(["##...", "##...", "....."]));
  assert.deepEqual(filled(draw(["###..", "#.#..", "###.."]), 5, 3), draw(["###..", "###..", "###.."]));
});

test("a box of many pixels is looked at more coarsely and still finds the border", () => {
  const disc = (x: number, y: number): boolean => Math.hypot(x - 350, y - 340) < 230;
  const box = { x: 90, y: 80, w: 521, h: 519 };
  const { bytes } = answer({ ask: "cutout", id: 1, grey: picture(700, 700, (x, y) => 110 + (disc(x, y) ? 60 : 0)), box });
  assert.equal(bytes?.length, box.w * box.h);
  assert.ok(overlap(bytes, (i) => disc((i % box.w) + box.x, Math.floor(i / box.w) + box.y)) > 0.94);
});
