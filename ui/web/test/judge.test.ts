import assert from "node:assert/strict";
import { test } from "node:test";
import { Judge, settleTime, undoTime } from "../src/model/judge";
import type { Operation, Work } from "../src/wire/db";
import type { Draft, Label, Row } from "../src/model/types";
import { box, draft, labelOf, row, settled } from "./kit";

const rig = () => {
  let clock = 100_000;
  const sent: { item: string; draft: Draft }[] = [];
  const decided: string[] = [];
  const work = new Map<string, Work>();
  const labels = new Map<string, Label[]>();
  const judge = new Judge({
    put: async (item, title, by, d) => {
      sent.push({ item, draft: d });
      return { key: `k${sent.length}`, item, title, by, draft: d, made: clock } satisfies Operation;
    },
    withdraw: async () => false,
    work: { get: async (id) => work.get(id), put: async (w) => void work.set(w.item, w), drop: async (id) => void work.delete(id) },
    labels: async (id) => labels.get(id) ?? [],
    person: () => "wang",
    taxonomy: () => 7,
    suits: (id, r) => (id === "chatter") === (r.kind === "interval"),
    terminal: "t1",
    title: (r) => r.id,
    onDecided: (r, v) => decided.push(`${r.id} ${v}`),
    now: () => clock,
  });
  const open = (r: Row): void => {
    judge.open(r);
    for (const i of r.images ?? []) judge.loaded(i.sha256, "ready");
    clock += settleTime + 1;
  };
  return { judge, sent, decided, work, labels, open, wait: (ms: number) => (clock += ms) };
};

const flagged = row("a", { candidates: [{ id: "c", rule: "r", detector: "d", from: 0, score: 0.9, severity: 500, explain: { "zh-CN": "", en: "" }, image: "sha-a", regions: [box("p1", { class: "scratch", score: 0.87 })] }] });
const joint = row("a", {
  kind: "joint",
  window: { from: 1000, to: 9000, tags: ["x", "y"] },
  candidates: [...(flagged.candidates ?? []), { id: "s", rule: "r", detector: "limit", tags: ["x", "other"], from: 500, score: 0.5, severity: 1, explain: { "zh-CN": "", en: "" } }],
});

test("OK and can't decide are one tap, with who, where, when and what was seen", () => {
  const r = rig();
  r.open(row("a", { labels: 0 }));
  assert.equal(r.judge.verdict("ok"), true);
  const d = r.sent[0]?.draft;
  assert.equal(d?.verdict, "ok");
  assert.deepEqual([d?.terminal, d?.taxonomy, d?.parent, d?.regions], ["t1", 7, 0, undefined]);
  assert.ok((d?.decided ?? 0) > (d?.opened ?? 0));
});

test("a window whose picture comes late can be judged once the picture is there", () => {
  const r = rig();
  const { images, ...bare } = joint;
  r.open({ ...bare, kind: "window", rev: 1 });
  r.judge.renew({ ...joint, rev: 2 });
  assert.equal(r.judge.verdict("ok"), false);
  for (const i of images ?? []) r.judge.loaded(i.sha256, "ready");
  assert.equal(r.judge.verdict("ok"), true);
});

test("a tap meant for the item before is ignored", () => {
  const r = rig();
  r.judge.open(row("a"));
  r.judge.loaded("sha-a", "ready");
  r.wait(settleTime - 1);
  assert.equal(r.judge.verdict("ok"), false);
  r.wait(1);
  assert.equal(r.judge.verdict("ok"), true);
});

test("no verdict on a picture that is not on the screen yet, except can't decide", () => {
  const r = rig();
  r.judge.open(row("a"));
  r.wait(1000);
  r.judge.loaded("sha-a", "preview");
  assert.deepEqual([r.judge.verdict("ok"), r.judge.verdict("not_ok"), r.judge.pick("scratch")], [false, false, false]);
  r.judge.loaded("sha-a", "error");
  assert.equal(r.judge.verdict("not_decidable"), true);
});

test("NG with a proposal takes verdict, class and region in one tap", () => {
  const r = rig();
  r.open(flagged);
  r.judge.verdict("not_ok");
  const d = r.sent[0]?.draft;
  assert.deepEqual(d?.regions?.map((g) => [g.id, g.class, g.origin, g.image]), [["p1", "scratch", "accepted", "sha-a"]]);
  assert.equal(d?.origin, "accepted");
});

test("NG without a proposal waits for a class; the class saves", () => {
  const r = rig();
  r.open(row("a"));
  r.judge.verdict("not_ok");
  assert.equal(r.judge.armed.value, true);
  assert.equal(r.sent.length, 0);
  r.judge.pick("dent");
  assert.deepEqual(r.sent[0]?.draft.classes, ["dent"]);
});

test("NG twice saves without a class", () => {
  const r = rig();
  r.open(row("a"));
  r.judge.verdict("not_ok");
  r.judge.verdict("not_ok");
  assert.deepEqual([r.sent[0]?.draft.verdict, r.sent[0]?.draft.classes], ["not_ok", undefined]);
});

test("another class than the proposed one corrects the proposal", () => {
  const r = rig();
  r.open(flagged);
  r.judge.pick("dent");
  r.judge.verdict("not_ok");
  assert.deepEqual(r.sent[0]?.draft.regions?.map((g) => [g.class, g.origin]), [["dent", "edited"]]);
});

test("a wrong proposal can be taken away; OK never carries one", () => {
  const r = rig();
  r.open(flagged);
  r.judge.selected.value = "p1";
  r.judge.remove();
  assert.equal(r.judge.proposals.value.length, 0);
  r.judge.verdict("ok");
  assert.equal(r.sent[0]?.draft.regions, undefined);
});

test("a drawn region takes the class while it is selected, and NG then saves in one tap", () => {
  const r = rig();
  r.open(row("a"));
  r.judge.setRegions([box("mine", { origin: "person" })]);
  r.judge.selected.value = "mine";
  r.judge.pick("burr");
  assert.equal(r.sent.length, 0);
  r.judge.verdict("not_ok");
  assert.deepEqual(r.sent[0]?.draft.regions?.map((g) => [g.id, g.class]), [["mine", "burr"]]);
});

test("a person's version of a proposal replaces it", () => {
  const r = rig();
  r.open(flagged);
  r.judge.setRegions([box("p1", { class: "scratch", origin: "edited", rect: { x: 0, y: 0, w: 9, h: 9 } })]);
  r.judge.verdict("not_ok");
  assert.deepEqual(r.sent[0]?.draft.regions?.map((g) => [g.id, g.origin, g.rect?.w]), [["p1", "edited", 9]]);
});

test("a joint item takes picture and signals with one verdict; links say one cause; a defect class stays on the picture", () => {
  const r = rig();
  r.open(joint);
  r.judge.links.all.value = true;
  r.judge.pick("dent");
  r.judge.verdict("not_ok");
  const regions = r.sent[0]?.draft.regions ?? [];
  assert.deepEqual(regions.map((g) => [g.id, g.kind, g.class, g.links]), [["p1", "box", "dent", ["s"]], ["s", "interval", undefined, ["p1"]]]);
  assert.deepEqual([regions[1]?.from, regions[1]?.to, regions[1]?.tags], [1000, 9000, ["x"]]);
});

test("fault, confidence and note go with the verdict and are gone with the next item", () => {
  const r = rig();
  r.open(row("a", { kind: "window", images: [], window: { from: 0, to: 10, tags: ["x"] } }));
  r.judge.fault.value = { mode: "vib" };
  r.judge.confidence.value = 2;
  r.judge.comment.value = "  滤芯堵 ";
  r.judge.verdict("ok");
  assert.deepEqual([r.sent[0]?.draft.fault, r.sent[0]?.draft.confidence, r.sent[0]?.draft.comment], [{ mode: "vib" }, 2, "滤芯堵"]);
  r.open(row("b"));
  assert.deepEqual([r.judge.fault.value, r.judge.confidence.value, r.judge.comment.value], [{}, 0, ""]);
});

test("a class said beside other words gives no verdict, and goes with it", () => {
  const r = rig();
  r.open(row("a", { kind: "window", images: [], window: { from: 0, to: 10, tags: ["x"] }, candidates: [{ id: "s", rule: "r", detector: "limit", tags: ["x"], from: 2, to: 5, score: 0.5, severity: 1, explain: { "zh-CN": "", en: "" } }] }));
  r.judge.choose("scratch");
  r.judge.choose("chatter");
  assert.deepEqual([r.sent.length, r.judge.armed.value], [0, false]);
  r.judge.verdict("not_ok");
  assert.deepEqual(r.sent[0]?.draft.regions?.map((g) => [g.kind, g.class, g.origin]), [["interval", "chatter", "edited"]]);
});

test("undo brings the item back with its work, and the next verdict follows the saved revision", async () => {
  const r = rig();
  r.open(flagged);
  r.judge.verdict("not_ok");
  await settled();
  r.judge.confirmed(labelOf("a", 1, "wang", r.sent[0]?.draft ?? draft()));
  r.open(row("b"));
  assert.equal(await r.judge.takeBack(), true);
  assert.equal(r.judge.item.value?.id, "a");
  assert.equal(r.judge.regions.value[0]?.class, "scratch");
  r.judge.loaded("sha-a", "ready");
  r.wait(settleTime + 1);
  r.judge.verdict("ok");
  assert.equal(r.sent[1]?.draft.parent, 1);
});

test("undo ends after ten seconds", async () => {
  const r = rig();
  r.open(row("a"));
  r.judge.verdict("ok");
  await settled();
  r.wait(undoTime + 1);
  assert.equal(await r.judge.takeBack(), false);
});

test("a labelled item shows its newest label, and a new verdict follows it", async () => {
  const r = rig();
  r.labels.set("a", [labelOf("a", 1, "li", draft()), labelOf("a", 2, "li", { ...draft(1), verdict: "not_ok", regions: [box("x", { class: "dent" })] })]);
  r.open(row("a", { labels: 1 }));
  await settled();
  assert.equal(r.judge.previous.value?.rev, 2);
  assert.equal(r.judge.regions.value[0]?.id, "x");
  r.judge.verdict("ok");
  assert.equal(r.sent[0]?.draft.parent, 2);
});

test("unfinished work comes back with its item", async () => {
  const r = rig();
  r.work.set("a", { item: "a", by: "wang", saved: 1, draft: { regions: [box("w")], comment: "half" } });
  r.open(row("a"));
  await settled();
  assert.deepEqual([r.judge.regions.value[0]?.id, r.judge.comment.value], ["w", "half"]);
});
