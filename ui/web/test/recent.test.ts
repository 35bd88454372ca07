import assert from "node:assert/strict";
import { test } from "node:test";
import { recentFirst, usedFirst } from "../src/model/recent";
import { box, draft } from "./kit";

test("the classes of the newest label come first, each once; a label without class changes nothing", () => {
  const first = usedFirst({ ...draft(), classes: ["dent"], regions: [box("a", { class: "crack" }), box("b", { class: "dent" })] }, ["burr", "crack"]);
  assert.deepEqual(first, ["dent", "crack", "burr"]);
  assert.deepEqual(usedFirst(draft(), first), first);
});

test("classes that were not used keep their order behind the used ones", () => {
  const all = ["a", "b", "c", "d"].map((id) => ({ id }));
  assert.deepEqual(recentFirst(all, ["d", "b"]).map((x) => x.id), ["d", "b", "a", "c"]);
});
