import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals-core";
import { bandsOf, openBeside } from "../src/model/timeline/bands";
import { Timeline, type TimelineDeps } from "../src/model/timeline/timeline";
import type { Draft, Page, Row, Signal } from "../src/model/types";
import { speechIn } from "../src/model/words/words";
import type { ItemQuery } from "../src/wire/api";
import type { Work } from "../src/wire/db";
import { WireError } from "../src/wire/errors";
import { row, settled } from "./kit";

const now = 1_795_315_321_000; // ms
const at = (ago: number): number => (now - ago * 60_000) * 1e6; // minutes before now, UTC ns
const words = { verdict: (r: Row) => r.verdict, score: String };
const flagged = (id: string, from: number, to: number, tags: string[], more: Partial<Row> = {}): Row =>
  row(id, { kind: "window", images: [], score: 0.5, place: { asset: "g" }, window: { from: at(from + 5), to: at(to), tags: ["a", "b"] }, candidates: [{ id: "c", rule: "r", detector: "limit", tags, from: at(from), to: at(to), score: 0.5, severity: 1, explain: { "zh-CN": "", en: "" } }], ...more });

test("bands lie where the candidates are, on the lanes they flag; what flags nothing here and was not judged has none", () => {
  const rows = [flagged("2", 20, 10, ["b", "elsewhere"]), flagged("1", 90, 80, ["a"], { labels: 1, verdict: "ok" }), flagged("3", 50, 40, ["elsewhere"]), row("4", { kind: "joint", window: { from: at(8), to: at(7), tags: ["a"] }, labels: 1, verdict: "not_ok" })];
  assert.deepEqual(bandsOf(rows, ["a", "b"], at(0), words).map((b) => [b.id, b.from, b.to, b.tags, b.open, b.words]), [
    ["1", at(90), at(80), ["a"], false, "ok"], ["2", at(20), at(10), ["b"], true, "0.5"], ["4", at(8), at(7), ["a"], false, "not_ok"],
  ]);
});

test("next and previous skip what was judged", () => {
  const bands = bandsOf([flagged("1", 90, 80, ["a"]), flagged("2", 60, 50, ["a"], { labels: 1 }), flagged("3", 20, 10, ["a"])], ["a"], at(0), words);
  assert.equal(openBeside(bands, { id: "1", at: 0 }, 1)?.id, "3");
  assert.equal(openBeside(bands, { id: "3", at: 0 }, -1)?.id, "1");
  assert.equal(openBeside(bands, { id: null, at: at(70) }, -1)?.id, "1");
  assert.equal(openBeside(bands, { id: "3", at: 0 }, 1), undefined);
});

const sensor = (id: string, asset: string, kind: Signal["kind"] = "number"): Signal => ({ id, asset, kind, source: "s", last: null });

function bench() {
  const created: Row[] = [];
  const kept = new Map<string, Work>();
  const put: [string, Draft][] = [];
  const asked: ItemQuery[] = [];
  const line = { lost: false, begins: 0 }; // begins: ms, first sample that there is; 0 none
  const deps: TimelineDeps = {
    api: {
      signals: async () => [sensor("a", "g"), sensor("b", "g"), sensor("w", "g", "wave"), sensor("x", "")],
      items: async (q): Promise<Page> => (asked.push(q), { items: q.kind === "window" ? created : [] }),
      series: async (q) => ({ base: q.from ?? 0, from: 0, to: ((q.to ?? 0) - (q.from ?? 0)) / 1e6, gaps: [], traces: line.begins ? [{ tag: "a", name: "a", unit: "", kind: "samples", t: Float64Array.of(line.begins - (q.from ?? 0) / 1e6), v: Float64Array.of(1), quality: new Uint8Array(1) }] : [] }),
      createItem: async (item) => {
        const made = row(`n${created.length}`, { kind: "window", images: [], place: { asset: item.asset }, createdBy: "me", window: { ...item, from: item.from - 1, to: item.to + 1 }, candidates: [{ id: "person", rule: "person", detector: "person", tags: item.tags, from: item.from, to: item.to, score: 1, severity: 1, explain: { "zh-CN": "", en: "" } }] });
        created.push(made);
        if (line.lost) throw new WireError("away", "POST /items", "no answer");
        return made;
      },
    },
    store: { work: async (id) => kept.get(id), putWork: async (w) => void kept.set(w.item, w), deleteWork: async (id) => void kept.delete(id) },
    outbox: { put: async (item, _title, _by, draft) => put.push([item, draft]) },
    session: { person: { id: "me" } },
    classes: { revision: 7, offered: () => [], of: () => undefined },
    speech: speechIn(signal("en")), prefs: { terminal: "t1" }, input: signal("touch"), refused: () => undefined, now: () => now,
  };
  return { timeline: new Timeline(deps), created, kept, put, asked, line };
}

test("it opens on the first asset's numbers, and asks for items of its range only", async () => {
  const { timeline: t, asked } = bench();
  await t.open();
  assert.deepEqual([t.asset.value, t.tags.value, t.assets.value], ["g", ["a", "b"], ["", "g"]]);
  assert.equal(t.view.value?.to, 8 * 3600_000);
  assert.ok(asked.every((q) => q.asset === "g" && (q.to ?? 0) - (q.from ?? 0) === 8 * 3600e9));
  await t.choose("");
  assert.deepEqual(t.tags.value, ["x"]);
});

test("a stretch becomes an item with one label; a lost answer makes no second item", async () => {
  const { timeline: t, created, put, line, kept } = bench();
  await t.open();
  t.marked([{ id: "old", kind: "interval", from: at(90), to: at(80), tags: ["a"], class: "chatter" }]);
  t.marked([...t.mark.regions.value, { id: "s", kind: "interval", from: at(60), to: at(50), tags: ["a", "b"] }]);
  t.mark.fault.value = { mode: "vib" };
  assert.deepEqual([t.mark.region.value?.id, t.mark.region.value?.class], ["s", "chatter"]);
  await new Promise((done) => setTimeout(done, 450));
  assert.equal(kept.get("timeline/g")?.draft.regions?.[0]?.id, "s");
  line.lost = true;
  assert.equal(await t.save(), false);
  assert.deepEqual([t.failed.value, t.mark.region.value?.id, put.length], ["away", "s", 0]);
  line.lost = false;
  assert.equal(await t.save(), true);
  await settled();
  assert.deepEqual([created.length, put.length, put[0]?.[0], kept.size], [1, 1, "n0", 0]);
  const draft = put[0]?.[1];
  assert.deepEqual([draft?.verdict, draft?.fault?.mode, draft?.regions?.[0]?.tags, draft?.taxonomy, draft?.parent], ["not_ok", "vib", ["a", "b"], 7, 0]);
  assert.equal(t.mark.region.value, undefined);
});

test("what was left unfinished comes back to its person", async () => {
  const { timeline: t, kept } = bench();
  const draft: Partial<Draft> = { regions: [{ id: "s", kind: "interval", from: at(60), to: at(50), tags: ["a"] }], comment: "oil" };
  kept.set("timeline/g", { item: "timeline/g", by: "me", saved: 1, draft });
  await t.open();
  await settled();
  assert.deepEqual([t.mark.region.value?.id, t.mark.comment.value], ["s", "oil"]);
});

test("the range follows a short history until a person chooses another", async () => {
  const { timeline: t, line } = bench();
  line.begins = now - 40 * 60_000;
  await t.open();
  assert.equal(t.span.value, 3600_000);
  await t.zoom(24 * 3600_000);
  await t.open("g");
  assert.equal(t.span.value, 24 * 3600_000);
});
