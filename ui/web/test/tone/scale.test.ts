import assert from "node:assert/strict";
import { test } from "node:test";
import { ScaleDesk } from "../../src/model/tone/scale";
import type { CameraFacts, Image, Region } from "../../src/model/types";

const image: Image = { sha256: "a", bytes: 1, format: "png", width: 2000, height: 1000, camera: "cam", received: 1 };
const ruler: Region = { id: "r", kind: "measure", image: "a", points: [[0, 0], [300, 400]] };

function desk(answer: () => Promise<CameraFacts>) {
  const sent: unknown[] = [];
  const scale = new ScaleDesk({ cameras: async () => [{ name: "cam", mmPerPx: 0.1 }], calibrate: (camera, s) => (sent.push([camera, s]), answer()), refused: () => undefined });
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
