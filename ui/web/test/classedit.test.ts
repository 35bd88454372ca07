import assert from "node:assert/strict";
import { test } from "node:test";
import { ClassEdit } from "../src/model/classedit";
import type { Class, Taxonomy } from "../src/model/types";
import { WireError } from "../src/wire/errors";

const cls = (id: string, more: Partial<Class> = {}): Class => ({ id, name: { "zh-CN": id, en: id }, on: "image", ...more });

/** A gateway that keeps one taxonomy and refuses a revision that is not the newest. */
const rig = () => {
  const gateway = { now: { revision: 3, name: { "zh-CN": "x", en: "x" }, classes: [cls("a", { hotkey: "1" }), cls("b", { hotkey: "2" })], modes: [] } as Taxonomy };
  const edit = new ClassEdit({
    put: async (t) => {
      if (t.revision !== gateway.now.revision) throw new WireError("conflict", "PUT /taxonomy", "not the newest");
      return (gateway.now = { ...structuredClone(t), revision: t.revision + 1 });
    },
    read: async () => gateway.now,
    saved: () => undefined,
    refused: () => undefined,
  });
  edit.begin(gateway.now);
  return { edit, gateway };
};
const ids = (t: Taxonomy) => t.classes?.map((c) => c.id);

test("names, order and retiring are saved as the next revision; ids stay", async () => {
  const { edit, gateway } = rig();
  assert.equal(await edit.save(), false);
  edit.edit("a", { name: { "zh-CN": "划痕", en: "Scratch" }, retired: true });
  edit.move("b", -1);
  edit.move("b", -1);
  assert.equal(await edit.save(), true);
  assert.deepEqual([gateway.now.revision, ids(gateway.now), gateway.now.classes?.[1]?.name.en, gateway.now.classes?.[1]?.retired], [4, ["b", "a"], "Scratch", true]);
  assert.deepEqual([edit.done.value, edit.changed.value], [4, false]);
});

test("a doubled key, a missing name or an id that exists cannot be saved", async () => {
  const { edit, gateway } = rig();
  assert.equal(edit.add("a", "image"), false);
  assert.equal(edit.add("Bad Id", "image"), false);
  assert.equal(edit.add("c", "image"), true);
  assert.equal(edit.flaws.value.get("c"), "name");
  edit.edit("c", { name: { "zh-CN": "丙", en: "C" }, hotkey: "2" });
  assert.equal(edit.flaws.value.get("c"), "twice");
  assert.equal(await edit.save(), false);
  edit.edit("c", { on: "signal" });
  assert.equal(edit.flaws.value.size, 0);
  assert.equal(await edit.save(), true);
  edit.drop("c");
  assert.deepEqual(ids(gateway.now), ["a", "b", "c"]);
  assert.equal(edit.classes.value.length, 3);
});

test("on a conflict both people's changes are there, and saving again works", async () => {
  const { edit, gateway } = rig();
  edit.edit("a", { hotkey: "7" });
  gateway.now = { ...gateway.now, revision: 4, classes: [cls("a", { hotkey: "1" }), cls("b", { hotkey: "2", limit: 5 }), cls("z")] };
  assert.equal(await edit.save(), false);
  assert.deepEqual([edit.trouble.value, edit.classes.value.map((c) => [c.id, c.hotkey, c.limit])], ["conflict", [["a", "7", undefined], ["b", "2", 5], ["z", undefined, undefined]]]);
  assert.equal(await edit.save(), true);
  assert.equal(gateway.now.revision, 5);
});
