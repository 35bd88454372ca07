import assert from "node:assert/strict";
import { test } from "node:test";
import { Health } from "../src/model/health";
import type { Status } from "../src/model/types";

const at = (seconds: number, samples: number, pending = 0): Status => ({ now: seconds * 1e9, sources: [{ name: "plc", samples }], targets: [{ name: "s3", pending }] }) as unknown as Status;

const rig = (...answers: Status[]) => {
  const wire = { status: async () => answers.shift()!, drill: async () => ({ until: 0, now: 0 }), cut: async (s: number) => ({ until: s * 1e9, now: 0 }), mend: async () => ({ until: 0, now: 0 }) };
  return new Health(wire, () => undefined);
};

test("rates come from two statuses far enough apart; a counter that began anew has none", async () => {
  const h = rig(at(0, 100), at(2, 150), at(5, 600), at(10, 3));
  await h.read();
  await h.read();
  assert.equal(h.rates.value.size, 0);
  await h.read();
  assert.equal(h.rates.value.get("plc"), 100);
  await h.read();
  assert.equal(h.rates.value.has("plc"), false);
});

test("a drill says how much waited at most and what waits still", async () => {
  const h = rig(at(0, 0, 2), at(5, 0, 40), at(10, 0, 0));
  await h.read();
  await h.cut(60);
  assert.equal(h.drill.value?.until, 60e9);
  await h.read();
  await h.read();
  assert.deepEqual(h.result.value, { most: 40, left: 0 });
});
