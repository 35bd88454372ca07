import assert from "node:assert/strict";
import { test } from "node:test";
import { Lock } from "../src/model/lock";
import { Prefs } from "../src/model/prefs";
import { Session } from "../src/model/session";
import { WireError } from "../src/wire/errors";

const minute = 60_000;
const shelf = (): { getItem(k: string): string | null; setItem(k: string, v: string): void } => {
  const kept = new Map<string, string>();
  return { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => void kept.set(k, v) };
};

const rig = async (keep = shelf()) => {
  let now = 0;
  const info = async () => ({ person: { id: "0317", role: "labeler" }, hasPin: true });
  const session = new Session({ signIn: info, badge: info, redeem: info, session: info, signOut: async () => undefined });
  const prefs = new Prefs(keep, ["en"]);
  const wire = { unlock: async (pin: string) => { if (pin !== "2468") throw new WireError("forbidden", "unlock", "wrong"); }, setPin: async () => undefined };
  const lock = new Lock(wire, session, prefs, () => now);
  await session.begin(undefined);
  prefs.lockAfter.value = "5";
  return { lock, session, prefs, keep, pass: (ms: number) => ((now += ms), lock.tick()) };
};

test("a panel that nobody touches locks itself; a touch begins the time anew", async () => {
  const r = await rig();
  r.pass(4 * minute);
  r.lock.touch();
  r.pass(4 * minute);
  assert.equal(r.lock.locked.value, false);
  r.pass(minute);
  assert.equal(r.lock.locked.value, true);
});

test("it stays locked over a reload, and the PIN of the person opens it", async () => {
  const keep = shelf(), first = await rig(keep);
  first.lock.lock();
  const again = await rig(keep);
  assert.equal(again.lock.locked.value, true);
  assert.equal(await again.lock.unlock("2468"), true);
  assert.equal(again.lock.locked.value, false);
});

test("after five wrong PINs the person signs in, which opens it too", async () => {
  const r = await rig();
  r.lock.lock();
  for (let i = 0; i < 5; i++) assert.equal(await r.lock.unlock("1111"), false);
  assert.equal(r.session.gate.value.at, "out");
  await r.session.signIn("0317", "secret");
  assert.equal(r.lock.locked.value, false);
});

test("a PIN has four to six digits", async () => {
  const r = await rig();
  assert.deepEqual(await Promise.all(["12", "1234567", "12a4", "1234", ""].map((p) => r.lock.setPin(p))), [false, false, false, true, true]);
});
