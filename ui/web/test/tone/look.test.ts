import assert from "node:assert/strict";
import { test } from "node:test";
import { Golden } from "../../src/model/tone/golden";
import { Look } from "../../src/model/tone/look";
import type { Tone } from "../../src/model/tone/tone";
import type { CameraFacts, Image, Row } from "../../src/model/types";

const image = (sha256: string, more: Partial<Image> = {}): Image => ({ sha256, bytes: 1, format: "png", width: 10, height: 10, camera: "cam", received: 1, ...more });
/** Read anew: a type checker believes that a signal still holds what it held. */
const toneOf = (look: Look): Tone | null => look.tone.value;
const settled = (): Promise<void> => new Promise((r) => setTimeout(r, 0));

function desk(facts: Partial<CameraFacts> = {}) {
  const later: (() => void)[] = [];
  const chosen: string[] = [];
  const row = { id: "i", images: [image("good")] } as Row;
  const golden = new Golden({
    cameras: async () => [{ name: "cam", ...facts }],
    good: async () => [row],
    choose: async (_c, item, sha) => (chosen.push(item), { name: "cam", golden: { image: image(sha), item, by: "li", at: 1 } }),
    later: (f) => later.push(f),
    refused: () => undefined,
  });
  const look = new Look(golden);
  look.show(image("part"));
  return { look, golden, row, chosen, tick: () => later.splice(0).forEach((f) => f()) };
}

test("pictures are as their files are until somebody asks; what was set holds for the next of the camera", () => {
  const { look } = desk();
  assert.equal(look.tone.value, null);
  look.toggle("tone");
  look.set({ invert: true });
  look.toggle("tone");
  look.show(image("next"));
  assert.equal(toneOf(look)?.invert, true);
  look.show(image("other", { camera: "cam2" }));
  assert.equal(look.tone.value, null);
  look.show(image("next"));
  look.reset();
  assert.equal(look.tone.value, null);
});

test("a height map is coloured without being asked", () => {
  const { look } = desk();
  look.show(image("map", { mmPerCount: 0.001 }));
  assert.equal(look.tone.value?.colours, "heat");
});

test("an end of the window moves within the picture's range", () => {
  const { look } = desk();
  look.toggle("tone");
  look.setEnd("low", 0.5);
  assert.equal(look.tone.value?.window, null, "nothing is known of the picture yet");
  look.spread.value = { low: 0, high: 1000, bits: 16, bins: new Array<number>(128).fill(1) };
  look.setEnd("low", 0.5);
  assert.equal(toneOf(look)?.window?.low, 500);
});

test("the camera's reference is shown, else what a person chooses of the good ones", async () => {
  const withReference = desk({ reference: image("ref") });
  withReference.look.toggle("golden");
  await settled();
  assert.equal(withReference.golden.picture.value?.sha256, "ref");
  assert.equal(withReference.golden.beside.value, true);

  const { look, golden, row, chosen } = desk();
  look.toggle("golden");
  await settled();
  assert.deepEqual([golden.picture.value, golden.choices.value?.length], [null, 1]);
  await golden.choose(row);
  assert.deepEqual([golden.picture.value?.sha256, golden.choices.value, chosen], ["good", null, ["i"]]);
});

test("a part that is itself the golden one is compared with the reference", async () => {
  const { look, golden } = desk({ golden: { image: image("part"), item: "i", by: "li", at: 1 }, reference: image("ref") });
  look.toggle("golden");
  await settled();
  assert.equal(golden.picture.value?.sha256, "ref");
});

test("blinking covers all or nothing in turn, and ends when the controls close", async () => {
  const { look, golden, tick } = desk({ reference: image("ref") });
  look.toggle("golden");
  await settled();
  golden.compare("blink");
  golden.compare("blink");
  const seen = [golden.cover.value];
  for (let i = 0; i < 3; i++) tick(), seen.push(golden.cover.value);
  assert.ok(seen.every((v, i) => v === (i === 0 ? seen[0] : 1 - seen[i - 1]!)), String(seen));
  look.toggle("golden");
  tick();
  tick();
  assert.equal(golden.cover.value, 0);
  golden.compare("wipe");
  assert.equal(golden.cover.value, 0, "nothing is covered while it is closed");
});
