// Nobody touched the panel for a while: who was here, what waits, and large keys for the PIN.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Code } from "../wire/errors";
import { useApp, useSpeech } from "./context";
import { Icon } from "./parts/Icon";

const longest = 6; // digits
const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

const Trouble = ({ code }: { code: Code }) => {
  const { words: { lock: w } } = useSpeech();
  const text = code === "forbidden" ? w.wrong : code === "rate_limited" ? w.wait : code === "away" ? w.away : w.failed;
  return <p class="notice bad" role="alert"><Icon name="alert" />{text}</p>;
};

const Pad = () => {
  const { lock } = useApp();
  const { words: { lock: w } } = useSpeech();
  const pin = useSignal("");
  const ready = pin.value.length >= 4 && !lock.busy.value;
  const type = (d: string): void => void (pin.value = (pin.value + d).slice(0, longest));
  const open = async (): Promise<void> => {
    if (ready && !(await lock.unlock(pin.peek()))) pin.value = "";
  };
  useEffect(() => {
    const onKey = (e: KeyboardEvent): void => {
      if (/^\d$/.test(e.key)) type(e.key);
      else if (e.key === "Backspace") pin.value = pin.peek().slice(0, -1);
      else if (e.key === "Enter" && e.defaultPrevented) pin.value = ""; // it was the end of a scan
      else if (e.key === "Enter" && !(e.target instanceof HTMLButtonElement)) void open();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <div class="pinpad">
      <output class="pindots" aria-label={w.pin}>{Array.from({ length: longest }, (_, i) => <i key={i} class={i < pin.value.length ? "full" : ""} />)}</output>
      <div class="padkeys">
        {digits.map((d) => <button key={d} type="button" class="btn big" onClick={() => type(d)}>{d}</button>)}
        <button type="button" class="btn big" onClick={() => (pin.value = "")}>{w.clear}</button>
        <button type="button" class="btn big" onClick={() => type("0")}>0</button>
        <button type="button" class={ready ? "btn big pri" : "btn big off"} aria-disabled={!ready} onClick={() => void open()}>{w.open}</button>
      </div>
    </div>
  );
};

export const LockScreen = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const w = words.lock;
  const person = app.session.person;
  const trouble = app.lock.trouble.value, refused = app.session.trouble.value; // of a PIN, and of a badge
  return (
    <div class="signin locked">
      <section class="l">
        <div class="col"><div class="clock num">{format.minute(app.clock.value)}</div><div class="day num">{format.date(app.clock.value)}</div></div>
        <div class="mark"><b class="num">{format.number(app.queue.waiting.value)}</b><span>{words.queuelist.waiting}</span></div>
        <button type="button" class="btn big other" onClick={() => void app.session.signOut()}><Icon name="people" />{w.other}</button>
      </section>
      <section class="r">
        <div class="top"><h1>{w.title}</h1><span class="mut cut">{w.who(person?.name || person?.id || "")}</span></div>
        <div class="enter">
          <p class="cap row"><Icon name="card" />{app.session.hasPin.value ? w.hint : w.noPin}</p>
          {app.session.hasPin.value && <Pad />}
          {trouble ? <Trouble code={trouble} /> : refused && <p class="notice bad" role="alert"><Icon name="alert" />{words.signin.trouble[refused]}</p>}
        </div>
      </section>
    </div>
  );
};
