import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../src/model/outbox";
import { saveState } from "../src/model/save";
import { type Code, WireError } from "../src/wire/errors";
import type { Draft, Label, Status } from "../src/model/types";
import { signal } from "@preact/signals-core";
import { draft, labelOf, MapStore, settled } from "./kit";

/** A gateway that keeps revisions and keys as the real one does, and an outbox that talks to it. */
const rig = (store = new MapStore()) => {
  const labels = new Map<string, Label[]>();
  const keys = new Map<string, Label>();
  const g = { fault: null as Code | null, loseAnswer: false, person: "wang" as string | undefined, sent: [] as string[] };
  const wire = {
    label: async (item: string, d: Draft, key: string): Promise<Label> => {
      if (g.fault) throw new WireError(g.fault, "POST", g.fault);
      g.sent.push(key);
      const known = keys.get(key);
      if (known) return known;
      const all = labels.get(item) ?? [];
      if (d.parent !== all.length) throw new WireError("conflict", "POST", "newer", all.at(-1));
      const label = labelOf(item, all.length + 1, g.person ?? "", d);
      labels.set(item, [...all, label]);
      keys.set(key, label);
      if (g.loseAnswer) {
        g.loseAnswer = false;
        throw new WireError("away", "POST", "line cut");
      }
      return label;
    },
  };
  let timers: (() => void)[] = [];
  let expired = 0;
  let clock = 0;
  const outbox = new Outbox({ store, wire, person: () => g.person, onSaved: () => {}, onUnauthorized: () => expired++, now: () => ++clock, later: (f) => timers.push(f) });
  const tick = async (): Promise<void> => {
    const due = timers;
    timers = [];
    for (const f of due) f();
    await settled();
  };
  const save = saveState(outbox, signal<Status | null>(null));
  return { outbox, store, labels, g, tick, save, expired: () => expired };
};

test("a label is on this panel's disk before it is sent, and leaves it after the answer", async () => {
  const r = rig();
  r.g.fault = "away";
  await r.outbox.put("a", "0418", "wang", draft());
  await settled();
  assert.equal(r.store.ops.size, 1);
  assert.deepEqual(r.save.value, { is: "kept", n: 1, why: "away", safe: true });
  r.g.fault = null;
  await r.tick();
  assert.equal(r.store.ops.size, 0);
  assert.equal(r.labels.get("a")?.length, 1);
  assert.equal(r.save.value.is, "saved");
});

test("an answer that was lost on the way makes one label, not two", async () => {
  const r = rig();
  r.g.loseAnswer = true;
  await r.outbox.put("a", "0418", "wang", draft());
  await settled();
  assert.equal(r.save.value.is, "kept");
  await r.tick();
  assert.equal(r.labels.get("a")?.length, 1);
  assert.equal(new Set(r.g.sent).size, 1);
});

test("what an earlier visit left is sent by the next", async () => {
  const first = rig();
  first.g.fault = "away";
  await first.outbox.put("a", "0418", "wang", draft());
  await first.outbox.put("b", "0419", "wang", draft());
  const second = rig(first.store);
  await second.outbox.open();
  await settled();
  assert.deepEqual([...second.labels.keys()], ["a", "b"]);
  assert.equal(second.store.ops.size, 0);
});

test("only the person who judged may send it", async () => {
  const r = rig();
  r.g.fault = "unauthorized";
  await r.outbox.put("a", "0418", "wang", draft());
  await settled();
  assert.equal(r.expired(), 1);
  assert.deepEqual(r.save.value, { is: "kept", n: 1, why: "signin", safe: true });
  r.g.fault = null;
  r.g.person = "li";
  r.outbox.flush();
  await settled();
  assert.equal(r.labels.size, 0);
  r.g.person = "wang";
  r.outbox.flush();
  await settled();
  assert.equal(r.labels.get("a")?.length, 1);
});

test("two revisions of one item follow each other although the first was not confirmed yet", async () => {
  const r = rig();
  r.g.fault = "away";
  await r.outbox.put("a", "0418", "wang", draft(0));
  await r.outbox.put("a", "0418", "wang", { ...draft(0), verdict: "not_ok" });
  r.g.fault = null;
  await r.tick();
  assert.deepEqual(r.labels.get("a")?.map((l) => [l.rev, l.parent, l.verdict]), [[1, 0, "ok"], [2, 1, "not_ok"]]);
  assert.equal(r.outbox.clashes.value.length, 0);
});

test("when somebody else was faster both are kept, and it says so until it was looked at", async () => {
  const r = rig();
  r.labels.set("a", [labelOf("a", 1, "li", { ...draft(), verdict: "not_ok" })]);
  await r.outbox.put("a", "0418", "wang", draft(0));
  await settled();
  assert.deepEqual(r.labels.get("a")?.map((l) => [l.rev, l.verdict]), [[1, "not_ok"], [2, "ok"]]);
  assert.deepEqual(r.save.value, { is: "clash", title: "0418", n: 1 });
  assert.equal(r.outbox.clashes.value[0]?.theirs.by.id, "li");
  await r.outbox.settle("a");
  assert.equal(r.save.value.is, "saved");
  assert.equal(r.store.clash.size, 0);
});

test("a label that the gateway refuses for good does not hold up the others", async () => {
  const r = rig();
  r.g.fault = "invalid";
  await r.outbox.put("a", "0418", "wang", draft());
  await settled();
  r.g.fault = null;
  await r.outbox.put("b", "0419", "wang", draft());
  await settled();
  assert.deepEqual([...r.labels.keys()], ["b"]);
  assert.equal(r.save.value.is, "lost");
  assert.equal(r.store.ops.size, 1);
  await r.outbox.dismiss(r.outbox.failed.value[0]?.key ?? "");
  assert.equal(r.store.ops.size, 0);
});

test("a full gateway is tried again, and never called saved", async () => {
  const r = rig();
  r.g.fault = "full";
  await r.outbox.put("a", "0418", "wang", draft());
  await settled();
  assert.deepEqual(r.save.value, { is: "lost", title: "0418", why: "full", detail: "" });
  r.g.fault = null;
  await r.tick();
  assert.equal(r.save.value.is, "saved");
});

test("a panel without a disk still sends, and warns meanwhile", async () => {
  const r = rig();
  r.store.broken = true;
  r.g.fault = "away";
  await r.outbox.put("a", "0418", "wang", draft());
  await settled();
  assert.deepEqual(r.save.value, { is: "kept", n: 1, why: "away", safe: false });
  r.g.fault = null;
  await r.tick();
  assert.equal(r.labels.get("a")?.length, 1);
});

test("an operation is withdrawn only while it has not left the panel", async () => {
  const r = rig();
  r.g.fault = "away";
  const a = await r.outbox.put("a", "0418", "wang", draft());
  const b = await r.outbox.put("b", "0419", "wang", draft());
  await settled();
  assert.equal(await r.outbox.withdraw(b.key), true);
  r.g.fault = null;
  await r.tick();
  assert.equal(await r.outbox.withdraw(a.key), false);
  assert.deepEqual([...r.labels.keys()], ["a"]);
});
