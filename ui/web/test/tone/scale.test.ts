import assert from "node:assert/strict";
import { test } from "node:test";
import { ScaleDesk } from "../../src/model/tone/scale";
import type { Board, CameraFacts, Image, Region } from "../../src/model/types";

const image: Image = { sha256: "a", bytes: 1, format: "png", width: 2000, height: 1000, camera: "cam", received: 1 };
const ruler: Region = { id: "r", kind: "measure", image: "a", points: [[0, 0], [300, 400]] };

function desk(answer: () => Promise<CameraFacts>, board: Board = { columns: 8, rows: 6, mmPerPx: 0.04, spread: 0.001 }) {
  const sent: unknown[] = [];
  const scale = new ScaleDesk({ cameras: async () => [{ name: "cam", mmPerPx: 0.1 }], calibrate: (camera, s) => (sent.push([camera, s]), answer()), board: async (sha256, square) => (sent.push([sha256, square]), board), refused: () => undefined });
  return { scale, sent };
}

test("a known length on a ruler makes the camera's scale", async () => {
  const { scale, sent } = desk(async () => ({ name: "cam", mmPerPx: 0.05 }));
  await scale.open(image);
  assert.equal(scale.facts.value?.mmPerPx, 0.1);
  scale.type("25,0");
  assert.equal(scale.mmPerPx(ruler), 0.05);
  await scale.save(image, ruler);
  assert.deepEqual(sent, [["cam", { mmPerPx: 0.05, how: "ruler", note: "25,0 mm = 500.0 px" }]]);
  assert.deepEqual([scale.state.value, scale.facts.value?.mmPerPx], ["saved", 0.05]);
});

test("what is no length is not sent, and a refusal is said", async () => {
  const { scale, sent } = desk(() => Promise.reject(new Error("away")));
  for (const bad of ["", "0", "-3", "abc", "1e999"]) {
    scale.type(bad);
    assert.equal(scale.mmPerPx(ruler), undefined, bad);
    await scale.save(image, ruler);
  }
  assert.equal(sent.length, 0);
  scale.type("25");
  await scale.save(image, ruler);
  assert.equal(scale.state.value, "failed");
});

test("the ruler may also be the part's x axis", async () => {
  const { scale, sent } = desk(async () => ({ name: "cam" }));
  await scale.open(image);
  scale.type("25");
  scale.datum.value = true;
  await scale.save(image, { ...ruler, points: [[10, 20], [10, 520]] });
  assert.deepEqual(sent, [["cam", { mmPerPx: 0.05, how: "ruler", note: "25 mm = 500.0 px", datum: { x: 10, y: 20, angle: 90 } }]]);
});

test("a checkerboard that was found makes the scale, a refused one does not", async () => {
  const { scale, sent } = desk(async () => ({ name: "cam", mmPerPx: 0.04 }));
  await scale.open(image);
  scale.choose("checkerboard");
  await scale.find(image);
  assert.equal(sent.length, 0, "without the size of a square nobody looks");
  scale.type("2");
  await scale.find(image);
  await scale.save(image, undefined);
  assert.deepEqual(sent, [["a", 2], ["cam", { mmPerPx: 0.04, how: "checkerboard", note: "8 × 6 corners, squares of 2 mm" }]]);
  const bad = desk(async () => ({ name: "cam" }), { columns: 3, rows: 3, refused: "tilted" });
  bad.scale.choose("checkerboard");
  bad.scale.type("2");
  await bad.scale.find(image);
  assert.equal(bad.scale.mmPerPx(undefined), undefined);
  await bad.scale.save(image, undefined);
  assert.equal(bad.sent.length, 1);
});
