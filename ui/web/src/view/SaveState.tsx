// The one place and the one sentence about saving.

import type { SaveState as State } from "../model/save";
import { useApp, useSpeech } from "./context";
import { Icon, type IconName } from "./parts/Icon";
import type { Speech } from "../model/words/words";

interface Line { icon: IconName; head: string; sub: string; tone: "" | "warn" | "bad"; press?: "clash" }

const lineFor = (s: State, { words: { save: w }, format }: Speech, now: number): Line => {
  switch (s.is) {
    case "idle": return { icon: "check", head: w.idle, sub: w.idleSub, tone: "" };
    case "saving": return { icon: "clock", head: w.saving, sub: s.title, tone: "" };
    case "saved":
      if (s.unsynced === 0) return { icon: "check", head: w.saved, sub: w.savedSub, tone: "" };
      return { icon: "upload", head: w.saved, sub: w.unsynced(s.unsynced, s.oldest ? format.span(now - s.oldest / 1e6) : ""), tone: "" };
    case "kept": {
      const sub = s.why === "away" ? w.keptAway(s.n) : s.why === "signin" ? w.keptSignin(s.n) : w.keptBusy(s.n);
      return { icon: "alert", head: w.kept, sub: s.safe ? sub : w.unsafe, tone: "warn" };
    }
    case "clash": return { icon: "people", head: w.clash(s.title), sub: w.clashSub, tone: "warn", press: "clash" };
    case "lost": return s.why === "full" ? { icon: "x", head: w.lost(s.title), sub: w.full, tone: "bad" } : { icon: "x", head: w.lost(s.title), sub: w.refused, tone: "bad", press: "clash" };
  }
};

export const SaveState = () => {
  const app = useApp();
  const speech = useSpeech();
  const state = app.save.value;
  const alone = app.link.value === "away" && (state.is === "idle" || state.is === "saved"); // nothing waits, but nothing new comes either
  const line: Line = alone ? { icon: "alert", head: speech.words.away.title, sub: speech.words.away.sub, tone: "warn" } : lineFor(state, speech, app.clock.value);
  const body = (
    <>
      <Icon name={line.icon} />
      <span class="kv"><b class="cut">{line.head}</b><small class="num cut">{line.sub}</small></span>
    </>
  );
  if (line.press) return <button type="button" class={`save ${line.tone}`} onClick={() => app.go("clash")}>{body}</button>;
  return <div class={`save ${line.tone}`} role="status" aria-live="polite">{body}</div>;
};
