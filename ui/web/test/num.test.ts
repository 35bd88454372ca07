import assert from "node:assert/strict";
import { test } from "node:test";
import { clamp } from "../src/lib/num";

test("clamp keeps a value inside its limits", () => {
  assert.deepEqual([clamp(-1, 0, 2), clamp(1, 0, 2), clamp(3, 0, 2)], [0, 1, 2]);
});
