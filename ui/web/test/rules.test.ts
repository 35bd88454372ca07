import assert from "node:assert/strict";
import { test } from "node:test";
import { standings } from "../src/model/rules/standing";
import { questionOf } from "../src/model/similar/desk";
import type { Judged, Rule } from "../src/wire/rules";
import type { Row } from "../src/model/types";

const rule = (name: string, candidates: number, more: Partial<Rule> = {}): Rule => ({ name, tag: name, asset: "a", kind: "limit", severity: 1, when: "", candidates, open: false, last: 0, lastDay: 0, chattering: false, factor: 0, blocked: "", falseSignals: null, service: { state: "in_service", until: 0, reason: "", by: "", at: 0 }, ...more });
const judged = (name: string, confirmed: number, rejected: number): Judged => ({ rule: name, detector: "limit", asset: "a", confirmed, rejected, undecided: 0, waiting: 0, precision: { value: confirmed / (confirmed + rejected), low: 0, high: 1, n: confirmed + rejected } });

test("what costs people the most for nothing stands first; few verdicts accuse nobody", () => {
  const rules = [rule("calm", 4), rule("busy", 60), rule("wrong", 20), rule("new", 5), rule("flutter", 6, { chattering: true })];
  const all = standings(rules, [judged("wrong", 1, 19), judged("new", 0, 2)], []);
  assert.deepEqual(all.map((s) => [s.rule.name, s.noisy]), [["wrong", "wrong"], ["busy", "often"], ["flutter", "chatters"], ["new", undefined], ["calm", undefined]]);
});

test("of a value given and taken back nothing holds; the newest of a field does", () => {
  const t = (field: string, value: number | null, at: number) => ({ rule: "a", field, value, was: 1, reason: "r", by: "b", at });
  const [a] = standings([rule("a", 1)], [], [t("h", 5, 1), t("h", null, 2), t("l", 3, 1), t("l", 4, 3)]);
  assert.deepEqual(a?.tuned.map((x) => [x.field, x.value]), [["l", 4]]);
});

test("a label asks for its interval, its region, or else for all that the item shows", () => {
  const row = { id: "i", images: [{ sha256: "s" }], window: { from: 10, to: 90, tags: ["x", "y"] } } as unknown as Row;
  assert.deepEqual(questionOf(row, { id: "r", kind: "interval", tags: ["x"], from: 20, to: 30 }), { item: "i", tags: ["x"], from: 20, to: 30 });
  assert.deepEqual(questionOf(row, { id: "r", kind: "box", image: "s", rect: { x: 1, y: 2, w: 3, h: 4 } }), { item: "i", image: "s", rect: { x: 1, y: 2, w: 3, h: 4 } });
  assert.deepEqual(questionOf(row, undefined), { item: "i", tags: ["x", "y"], from: 10, to: 90 });
  const { window: _, ...picture } = row;
  assert.deepEqual(questionOf(picture as Row, undefined), { item: "i", image: "s" });
});
