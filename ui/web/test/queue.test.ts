import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals-core";
import { grouped, wholeQueue } from "../src/model/choice";
import { Queue } from "../src/model/queue";
import type { Row, Status } from "../src/model/types";
import type { ItemQuery } from "../src/wire/api";
import { row } from "./kit";

const rig = (ids: string[]) => {
  const gateway = new Map<string, Row>(ids.map((id) => [id, row(id)]));
  const wire = {
    items: async (q: { limit?: number }) => {
      const open = [...gateway.values()].filter((r) => r.state === "open");
      const items = open.slice(0, q.limit);
      return { items, next: open.length > items.length ? "more" : "" };
    },
    teaching: () => assert.fail("another order was chosen"),
    item: async (id: string) => {
      const item = gateway.get(id);
      if (!item) throw new Error("gone");
      return { item, labels: [] };
    },
  };
  const status = signal<Status | null>(null);
  const queue = new Queue(wire, status, () => 0);
  return { queue, gateway, status, ids: () => queue.rows.value.map((r) => r.row.id) };
};
const free = (): boolean => false;

test("new items join at the end and nothing else moves", async () => {
  const r = rig(["b", "c"]);
  await r.queue.refresh();
  r.gateway.clear();
  for (const id of ["a", "b", "c", "d"]) r.gateway.set(id, row(id));
  await r.queue.refresh();
  assert.deepEqual(r.ids(), ["b", "c", "a", "d"]);
});

test("a judged row stays where it is, dimmed, and is no longer counted or offered", async () => {
  const r = rig(["a", "b", "c"]);
  await r.queue.refresh();
  r.queue.current.value = "a";
  r.queue.judged("a", "ok");
  await r.queue.refresh();
  assert.deepEqual(r.ids(), ["a", "b", "c"]);
  assert.equal(r.queue.waiting.value, 2);
  assert.equal(r.queue.after("a", free)?.id, "b");
});

test("what somebody else judged is looked up and dimmed; what is gone for good leaves", async () => {
  const r = rig(["a", "b", "c"]);
  await r.queue.refresh();
  r.queue.current.value = "a";
  r.gateway.set("b", row("b", { state: "labeled", verdict: "not_ok", labels: 1 }));
  r.gateway.delete("c");
  await r.queue.refresh();
  assert.deepEqual(r.queue.rows.value.map((q) => [q.row.id, q.done]), [["a", null], ["b", "not_ok"]]);
});

test("the next item is one that nobody else has on screen, if there is one", async () => {
  const r = rig(["a", "b", "c"]);
  await r.queue.refresh();
  assert.equal(r.queue.after("a", (row) => row.id === "b")?.id, "c");
  assert.equal(r.queue.after("a", () => true)?.id, "b");
});

test("after the last one come those that were left behind, then nothing", async () => {
  const r = rig(["a", "b"]);
  await r.queue.refresh();
  r.queue.current.value = "b";
  r.queue.judged("b", "ok");
  assert.equal(r.queue.after("b", free)?.id, "a");
  r.queue.judged("a", "ok");
  assert.equal(r.queue.after("a", free), undefined);
});

test("the count is the gateway's when it holds more than one page", async () => {
  const r = rig(Array.from({ length: 150 }, (_, i) => `i${String(i).padStart(4, "0")}`));
  r.status.value = { queue: { open: 150 } } as Status;
  await r.queue.refresh();
  assert.equal(r.queue.waiting.value, 150);
  assert.deepEqual(r.queue.ahead("i0000", 3).map((x) => x.id), ["i0001", "i0002", "i0003"]);
});

test("an older answer does not overwrite a newer one", async () => {
  const r = rig(["a"]);
  const first = r.queue.refresh();
  r.gateway.set("b", row("b"));
  const second = r.queue.refresh();
  await Promise.all([second, first]);
  assert.deepEqual(r.ids(), ["a", "b"]);
});

test("a choice reaches the gateway, and places that were seen can be chosen", async () => {
  const asked: ItemQuery[] = [];
  const wire = { items: async (q: ItemQuery) => (asked.push(q), { items: [row("a", { place: { asset: "press2" } }), row("b", { place: { asset: "press1" } })], next: "b" }), teaching: () => assert.fail("another order was chosen"), item: async () => ({ item: row("a"), labels: [] }) };
  const queue = new Queue(wire, signal(null), () => 100 * 3_600_000);
  await queue.refresh();
  assert.deepEqual([queue.places.value.assets, queue.places.value.cameras, queue.narrowed.value, queue.atLeast.value], [["press1", "press2"], ["c1"], false, false]);
  queue.choice.value = { ...wholeQueue, kind: "image", order: "suspect", asset: "press2", camera: "c1", class: "dent", age: "older" };
  queue.clear();
  await queue.refresh();
  assert.deepEqual(asked[1], { state: "open", order: "suspect", limit: 100, line: "", station: "", asset: "press2", camera: "c1", proposed: "dent", kind: "image", to: 92 * 3_600_000e6 });
  assert.deepEqual([queue.narrowed.value, queue.atLeast.value, queue.waiting.value], [true, true, 2]);
});

test("what teaches most comes as the gateway orders it, narrowed here", async () => {
  const all = [row("d", { kind: "window" }), row("c"), row("b", { at: 99 * 3_600_000e6 }), row("a")];
  const asked: number[] = [];
  const wire = { items: () => assert.fail("another order was chosen"), teaching: async (limit: number) => (asked.push(limit), { items: all, next: "" }), item: async () => ({ item: row("a"), labels: [] }) };
  const queue = new Queue(wire, signal(null), () => 100 * 3_600_000);
  queue.choice.value = { ...wholeQueue, order: "teaching" };
  await queue.refresh();
  assert.deepEqual(queue.rows.value.map((r) => r.row.id), ["d", "c", "b", "a"]);
  queue.choice.value = { ...wholeQueue, order: "teaching", kind: "image", age: "older" };
  queue.clear();
  await queue.refresh();
  assert.deepEqual([queue.rows.value.map((r) => r.row.id), asked], [["c", "a"], [100, 500]]);
});

test("rows stand under heads in the order of their first row", () => {
  const rows = [["a", "press2"], ["b", "press1"], ["c", "press2"]].map(([id, asset]) => ({ row: row(id!, { place: { asset: asset! } }), done: null }));
  assert.deepEqual(grouped(rows, "asset").map((g) => [g.head, g.rows.map((r) => r.row.id)]), [["press2", ["a", "c"]], ["press1", ["b"]]]);
  assert.deepEqual(grouped(rows, "").map((g) => g.rows.length), [3]);
});

test("what others judge while nobody touches the page leaves the list in the end", async () => {
  const r = rig(["a"]);
  await r.queue.refresh();
  r.queue.current.value = "a";
  for (let i = 0; i < 200; i++) {
    const id = `n${String(i).padStart(3, "0")}`;
    r.gateway.set(id, row(id));
    await r.queue.refresh();
    r.gateway.set(id, row(id, { state: "labeled", verdict: "ok", labels: 1 }));
    await r.queue.refresh();
  }
  assert.ok(r.ids().length < 50, `${r.ids().length} rows`);
  assert.equal(r.ids()[0], "a");
});
