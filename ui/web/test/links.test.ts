import assert from "node:assert/strict";
import { test } from "node:test";
import { Links } from "../src/model/links";
import type { Region } from "../src/model/types";

const on = (id: string, links?: string[]): Region => ({ id, kind: "box", image: "a", ...(links ? { links } : {}) });
const span = (id: string, links?: string[]): Region => ({ id, kind: "interval", tags: ["x"], ...(links ? { links } : {}) });
const linked = (regions: readonly Region[]): (string[] | undefined)[] => regions.map((r) => r.links);

test("two findings are linked and taken apart, on both sides", () => {
  const l = new Links();
  l.toggle("b", "s");
  assert.deepEqual(linked(l.applied([on("b"), on("c"), span("s"), span("t")])), [["s"], undefined, ["b"], undefined]);
  l.toggle("s", "b");
  assert.deepEqual(linked(l.applied([on("b", ["s"]), span("s", ["b"])])), [undefined, undefined]);
});

test("a link goes with what it leads to, and comes back with an earlier label", () => {
  const l = new Links();
  l.restore([on("b", ["s", "t"]), span("s", ["b"]), span("t", ["b"])]);
  assert.deepEqual(linked(l.applied([on("b"), span("t")])), [["t"], ["b"]]);
  assert.deepEqual(l.of("b"), ["s", "t"]);
  l.clear();
  assert.deepEqual(l.of("b"), []);
});

test("one cause links everything on the picture with everything on the signals", () => {
  const l = new Links();
  l.all.value = true;
  assert.deepEqual(linked(l.applied([on("b"), on("c"), span("s")])), [["s"], ["s"], ["b", "c"]]);
});
