// The bar with the verdicts: same place, same order, same size on every screen that judges.

import { useApp, useSpeech } from "./context";
import type { App } from "../model/app";
import type { Decision } from "../model/judge";
import { undoTime } from "../model/judge";
import { onImage } from "../model/proposals";
import type { Words } from "../model/words/words";
import { Icon, Mark } from "./parts/Icon";
import { Reasons, ReviewTile } from "./review/ReviewKeys";

/** What NG would do if it were pressed now. */
const ngSub = (app: App, words: Words, signalsOnly: boolean): string => {
  const j = app.judge;
  const chosen = j.chosen.value ? app.classes.of(j.chosen.value)?.name : undefined;
  if (j.armed.value) return chosen ?? words.sub.pickClass;
  const proposals = j.proposals.value;
  const named = proposals.find((p) => p.class);
  const name = named?.class ? app.classes.of(named.class)?.name ?? named.class : undefined;
  if (name) return words.sub.proposed(name);
  if (proposals.some((p) => !onImage(p))) return words.sub.flagged(proposals.length);
  if (j.regions.value.length > 0) return words.sub.marked(j.regions.value.length);
  if (app.judge.item.value?.machine === "not_ok" && !j.review.value) return words.sub.machineNg;
  return signalsOnly ? words.sub.ngSignal : words.sub.ng;
};

const VerdictKey = ({ verdict, sub }: { verdict: Decision; sub: string }) => {
  const app = useApp();
  const { words } = useSpeech();
  const j = app.judge;
  const pressed = verdict === "not_ok" && j.armed.value;
  const off = j.item.value === null || (!j.ready.value && verdict !== "not_decidable");
  const hint = verdict === "not_ok" && !j.review.value && (j.proposals.value.length > 0 || j.item.value?.machine === "not_ok");
  return (
    <button type="button" class={`v ${verdict}${hint ? " hint" : ""}${off ? " off" : ""}`} aria-pressed={pressed} aria-disabled={off} data-verdict={verdict} onClick={() => j.verdict(verdict)}>
      <Mark shape={verdict} class="shape" />
      <span class="word"><b>{words.verdict[verdict]}</b><span>{sub}</span></span>
      <kbd>{app.classes.keys.value[verdict]}</kbd>
    </button>
  );
};

const UndoTile = () => {
  const app = useApp();
  const { words } = useSpeech();
  const undo = app.judge.undo.value;
  const left = undo ? undo.until - app.clock.value : 0;
  const live = undo !== null && left > 0;
  return (
    <button type="button" class={`tile undo${live ? "" : " off"}`} aria-disabled={!live} onClick={() => void app.undo()}>
      <Icon name="undo" />
      <span>{words.undo} <kbd>{app.classes.keys.value.undo}</kbd></span>
      <small class="num cut">{live ? words.undoWhat(undo.title, words.verdict[undo.verdict]) : words.nothingToUndo}</small>
      {live && <em class="cd" key={undo.key}><i ref={(el) => el?.style.setProperty("animation-duration", `${undoTime}ms`)} /></em>}
    </button>
  );
};

const NextTile = () => {
  const app = useApp();
  const { words } = useSpeech();
  if (app.judge.review.value) return <ReviewTile />;
  if (app.judge.again.value) {
    return (
      <button type="button" class="tile" onClick={() => app.go("history")}>
        <Icon name="left" /><span>{words.back} <kbd>Esc</kbd></span><small>{words.history.title}</small>
      </button>
    );
  }
  const off = app.judge.item.value === null;
  return (
    <button type="button" class={`tile${off ? " off" : ""}`} aria-disabled={off} onClick={() => app.skip()}>
      <Icon name="down" /><span>{words.next} <kbd>J</kbd></span><small>{words.skipHint}</small>
    </button>
  );
};

const UserTile = () => {
  const app = useApp();
  const { words } = useSpeech();
  const gate = app.session.gate.value;
  if (gate.at !== "in") return <div />;
  const { person } = gate;
  const name = person.name || person.id;
  const initials = /^[\x20-\x7e]+$/.test(name) ? name.split(/\s+/).map((w) => w[0]).join("").slice(0, 2).toUpperCase() : [...name].slice(-2).join("");
  return (
    <button type="button" class="tile user" onClick={() => (app.menu.value = true)}>
      <span class="disc">{initials}</span><span class="cut">{name}</span><small>{words.user.switch}</small>
    </button>
  );
};

export const VerdictBar = () => {
  const app = useApp();
  const { words } = useSpeech();
  const signalsOnly = app.judge.item.value?.kind === "window";
  return (
    <footer class="bar">
      <div><UserTile /></div>
      {app.reviews.asking.value && app.judge.review.value ? <Reasons /> : <div class="verdicts" role="group" aria-label={words.history.verdict}>
        <VerdictKey verdict="ok" sub={signalsOnly ? words.sub.okSignal : words.sub.ok} />
        <VerdictKey verdict="not_decidable" sub={words.sub.nd} />
        <VerdictKey verdict="not_ok" sub={ngSub(app, words, signalsOnly)} />
      </div>}
      <div class="pair"><UndoTile /><NextTile /></div>
    </footer>
  );
};
