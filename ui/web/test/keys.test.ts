import { usualKeys } from "../src/model/verdictkeys";
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Command, KeyReader, type KeyPress } from "../src/model/keys";

const rig = (classKeys: string[] = ["1", "2", "90", "91"]) => {
  const commands: Command[] = [];
  let clock = 1000;
  let timers: { at: number; f: () => void }[] = [];
  const advance = (to: number): void => {
    clock = to;
    const due = timers.filter((t) => t.at <= to);
    timers = timers.filter((t) => t.at > to);
    for (const t of due) t.f();
  };
  const functionKeys = { ...usualKeys };
  const reader = new KeyReader((c) => commands.push(c), (f, ms) => timers.push({ at: clock + ms, f }), () => classKeys, () => functionKeys);
  const press = (key: string, wait = 200, more: Partial<KeyPress> = {}): boolean => {
    advance(clock + wait);
    return reader.press({ key, at: clock, modified: false, repeat: false, inField: false, onStage: false, ...more });
  };
  return { commands, press, rest: () => advance(clock + 1000) };
};

test("function keys give verdicts at once and are taken from the browser", () => {
  const r = rig();
  for (const key of ["F5", "F8", "F2", "F9"]) assert.equal(r.press(key), true);
  assert.deepEqual(r.commands, [{ do: "verdict", verdict: "ok" }, { do: "verdict", verdict: "not_ok" }, { do: "verdict", verdict: "not_decidable" }, { do: "undo" }]);
});

test("a held verdict key counts once, a held arrow goes on", () => {
  const r = rig();
  r.press("F5");
  r.press("F5", 30, { repeat: true });
  r.press("ArrowDown");
  r.press("ArrowDown", 30, { repeat: true });
  assert.deepEqual(r.commands.map((c) => c.do), ["verdict", "next", "next"]);
});

test("digits pick classes and letters move, after a moment", () => {
  const r = rig();
  r.press("1");
  assert.equal(r.commands.length, 0);
  r.press("j");
  r.press("K");
  r.press("b");
  r.rest();
  assert.deepEqual(r.commands, [{ do: "class", key: "1" }, { do: "next" }, { do: "previous" }, { do: "tool", tool: "box" }]);
});

test("a two-stroke key waits for its second stroke", () => {
  const r = rig();
  r.press("9");
  r.press("1", 400);
  r.rest();
  assert.deepEqual(r.commands, [{ do: "class", key: "91" }]);
});

test("a scanner's burst is a scan and none of its characters a hotkey", () => {
  const r = rig();
  for (const c of "2611-22B-0418") r.press(c, 8);
  assert.equal(r.press("Enter", 8), true);
  r.rest();
  assert.deepEqual(r.commands, [{ do: "scan", code: "2611-22B-0418" }]);
});

test("a burst without Enter does nothing, and the key after it counts again", () => {
  const r = rig();
  for (const c of "1212j") r.press(c, 8);
  r.rest();
  assert.deepEqual(r.commands, []);
  r.press("2");
  r.rest();
  assert.deepEqual(r.commands, [{ do: "class", key: "2" }]);
});

test("Enter alone, and Enter long after keys, is left to the browser", () => {
  const r = rig();
  assert.equal(r.press("Enter"), false);
  for (const c of "12345") r.press(c, 8);
  assert.equal(r.press("Enter", 500), false);
});

test("keys with modifiers and text in a field are left alone; verdict keys work there too", () => {
  const r = rig();
  assert.equal(r.press("1", 200, { modified: true }), false);
  assert.equal(r.press("1", 200, { inField: true }), false);
  assert.equal(r.press("ArrowDown", 200, { inField: true }), false);
  assert.equal(r.press("F8", 200, { inField: true }), true);
  assert.equal(r.press("ArrowUp", 200, { onStage: true }), false);
  r.rest();
  assert.deepEqual(r.commands.map((c) => c.do), ["verdict"]);
});

test("a taxonomy may put its verdicts on other function keys", () => {
  const heard: string[] = [];
  const reader = new KeyReader((c) => heard.push(c.do === "verdict" ? c.verdict : c.do), () => undefined, () => [], () => ({ ok: "F1", not_ok: "F5", not_decidable: "F3", undo: "F12" }));
  const press = (key: string) => reader.press({ key, at: 0, modified: false, repeat: false, inField: false, onStage: false });
  assert.deepEqual([press("F1"), press("F5"), press("F8"), press("F12")], [true, true, false, true]);
  assert.deepEqual(heard, ["ok", "not_ok", "undo"]);
});
