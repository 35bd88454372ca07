import assert from "node:assert/strict";
import { test } from "node:test";
import { pixelsPerMm } from "../src/model/prefs";

test("a 10.1 inch panel of 1280 by 800 has 5.88 pixels per millimetre, a 15.6 inch Full HD one 5.56", () => {
  assert.deepEqual([pixelsPerMm(1280, 800, 10.1), pixelsPerMm(1920, 1080, 15.6)], [5.88, 5.56]);
});
