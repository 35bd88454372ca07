import assert from "node:assert/strict";
import { test } from "node:test";
import { ClassEdit } from "../src/model/classedit";
import { changesOf, ClassLog } from "../src/model/classlog";
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
    packs: async () => [{ revision: 1, name: { "zh-CN": "包", en: "pack" }, classes: [cls("b"), cls("w100", { hotkey: "1" }), cls("w101", { hotkey: "9" })], modes: [{ id: "vib", name: { "zh-CN": "振动", en: "Vibration" } }] }],
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

test("a class that is merged is retired; a second target makes a split; keeping it takes the mapping away", async () => {
  const { edit, gateway } = rig();
  edit.merge("b", ["a"]);
  assert.deepEqual([edit.mappedTo("b"), edit.classes.value[1]?.retired], [["a"], true]);
  assert.equal(await edit.save(), true);
  assert.deepEqual(gateway.now.mappings, [{ from: "b", to: ["a"] }]);
  edit.merge("b", ["b"]);
  edit.merge("b", []);
  assert.deepEqual(edit.mappedTo("b"), []);
});

test("a starter pack adds what is not there; a key that is taken is left out", async () => {
  const { edit } = rig();
  await edit.readPacks();
  assert.equal(edit.usePack(edit.packs.value[0]!), 2);
  assert.deepEqual(edit.classes.value.map((c) => [c.id, c.hotkey]), [["a", "1"], ["b", "2"], ["w100", undefined], ["w101", "9"]]);
  assert.equal(edit.rest.value.modes?.[0]?.id, "vib");
  assert.equal(edit.usePack(edit.packs.value[0]!), 0);
});

test("fault terms and verdict keys are saved too; two verdicts on one key are not", async () => {
  const { edit, gateway } = rig();
  assert.deepEqual([edit.addTerm("causes", "oil"), edit.addTerm("causes", "oil"), edit.addTerm("causes", "Bad id")], [true, false, false]);
  edit.editTerm("causes", "oil", { code: "9", name: { "zh-CN": "油", en: "Oil" } });
  edit.change({ keys: { ok: "F8" } });
  assert.deepEqual([edit.keysSound.value, await edit.save()], [false, false]);
  edit.change({ keys: { ok: "F1" } });
  assert.equal(await edit.save(), true);
  assert.deepEqual([gateway.now.causes?.[0]?.code, gateway.now.keys?.ok], ["9", "F1"]);
});

test("a revision says what it changed", () => {
  const one: Taxonomy = { revision: 1, name: { "zh-CN": "x", en: "x" }, classes: [cls("a", { hotkey: "1" }), cls("b")] };
  const two: Taxonomy = { ...one, revision: 2, classes: [cls("b", { retired: true }), cls("a", { hotkey: "2", color: "#112233" }), cls("c")], mappings: [{ from: "b", to: ["a"] }], keys: { ok: "F1" } };
  assert.deepEqual(changesOf(one, two).map((c) => `${c.what} ${c.id}`.trim()), ["retired b", "hotkey a", "color a", "added c", "merged b → a", "keys", "order"]);
  assert.deepEqual(changesOf(one, one), []);
});

test("the log reads revision by revision, back to the first", async () => {
  const asked: number[] = [];
  const at = (revision: number): Taxonomy => ({ revision, name: { "zh-CN": "x", en: "x" }, classes: [cls(`a${revision}`)] });
  const log = new ClassLog(async (n) => (asked.push(n), at(n)));
  await log.open(at(13));
  assert.deepEqual([log.entries.value.length, log.more.value, asked.at(-1)], [10, true, 3]);
  await log.next();
  assert.deepEqual([log.entries.value.length, log.more.value, log.entries.value.at(-1)?.changes], [13, false, []]);
});
