// After how long the panel locks itself, and the PIN that opens it again.

import { useSignal } from "@preact/signals";
import { type LockAfter, lockTimes } from "../model/prefs";
import { useApp, useSpeech } from "./context";
import { Segments } from "./parts/Segments";

const Pin = () => {
  const { lock, session } = useApp();
  const { words: { lock: w } } = useSpeech();
  const pin = useSignal("");
  const said = useSignal("");
  const set = async (to: string): Promise<void> => {
    const done = await lock.setPin(to);
    said.value = !done ? w.refused : to ? w.saved : w.removed;
    if (done) pin.value = "";
  };
  const ready = pin.value.length >= 4;
  return (
    <form class="row" onSubmit={(e) => (e.preventDefault(), ready && void set(pin.value))}>
      <input class="pinfield num" type="password" inputMode="numeric" autocomplete="off" maxLength={6} aria-label={w.mine} placeholder={w.placeholder} value={pin.value} onInput={(e) => (pin.value = e.currentTarget.value.replace(/\D/g, ""))} />
      <button type="submit" class={ready ? "btn" : "btn off"} aria-disabled={!ready}>{w.set}</button>
      {session.hasPin.value && <button type="button" class="btn" onClick={() => void set("")}>{w.remove}</button>}
      <span class="cap" role="status">{said.value || (session.hasPin.value ? w.isSet : w.notSet)}</span>
    </form>
  );
};

export const LockSettings = () => {
  const app = useApp();
  const { words: { lock: w } } = useSpeech();
  const { lockAfter } = app.prefs;
  const times = lockTimes.map((value: LockAfter) => ({ value, text: value === "0" ? w.never : w.minutes(Number(value)) }));
  return (
    <>
      <div class="set"><span>{w.after}</span><Segments label={w.after} value={lockAfter.value} options={times} onPick={(t) => (lockAfter.value = t)} /></div>
      <div class="set"><span>{w.mine}</span><Pin /></div>
    </>
  );
};
