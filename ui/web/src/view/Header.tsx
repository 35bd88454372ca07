// What is on the screen, whether it is safe, what time it is.

import type { ComponentChildren } from "preact";
import { useApp, useSpeech } from "./context";
import { Icon } from "./parts/Icon";
import { SaveState } from "./SaveState";

export interface Fact { name: string; value: string; main?: boolean; wide?: boolean /* only where there is room */ }

export const Header = ({ facts, children }: { facts: readonly Fact[]; children?: ComponentChildren }) => {
  const app = useApp();
  const { words, format } = useSpeech();
  const now = app.clock.value;
  return (
    <header class="head">
      <button type="button" class="menu" aria-expanded={app.menu.value} onClick={() => (app.menu.value = !app.menu.value)}>
        <Icon name={app.menu.value ? "x" : "menu"} /><span>{app.menu.value ? words.close : words.menu}</span>
      </button>
      <div class="who2">
        {facts.filter((f) => f.value).map((f) => (
          <div key={f.name} class={`kv${f.main ? " main" : ""}${f.wide ? " hide-s" : ""}`}><small>{f.name}</small><b class="num cut" title={f.value}>{f.value}</b></div>
        ))}
      </div>
      {children}
      <SaveState />
      <div class="kv now"><b class="num">{format.clock(now)}</b><small class="num">{format.date(now)}</small></div>
    </header>
  );
};

/** Back to what is to be judged, from any other screen. */
export const ToJudge = () => {
  const app = useApp();
  const { words } = useSpeech();
  return <button type="button" class="headbtn" onClick={() => app.go("judge")}><Icon name="target" /><span>{words.nav.queue}</span></button>;
};

/** How many this person judged in this visit, and how fast. */
export const Pace = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const all = app.judgedHere.value;
  const recent = all.slice(-20);
  const first = recent[0];
  const last = recent.at(-1);
  const each = first && last && recent.length > 2 ? (last.at - first.at) / (recent.length - 1) / 1000 : 0;
  return (
    <div class="kv pace hide-s">
      <b class="num">{words.judged(all.length)}</b>
      <small class="num">{words.pace(all.length, each > 0 && each < 120 ? format.number(each, 1) : "")}</small>
    </div>
  );
};
