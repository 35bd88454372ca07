// One rule: what verdicts say, and what may be changed about it. Nothing is changed without a reason, which is written down with the name.

import { useSignal } from "@preact/signals";
import type { Standing } from "../../model/rules/standing";
import { useApp, useSpeech } from "../context";
import { Icon } from "../parts/Icon";
import { Thresholds } from "./Thresholds";

const shelfHours = [1, 8, 24, 168] as const;

const Service = ({ s, reason }: { s: Standing; reason: string }) => {
  const app = useApp();
  const { words, format } = useSpeech();
  const w = words.rules;
  const desk = app.ruleDesk;
  const { state, until, by, at, reason: said } = s.rule.service;
  const off = reason === "" || desk.busy.value;
  if (state !== "in_service") {
    return (
      <section class="rbox">
        <p><b>{w.service[state]}</b> {state === "shelved" && <span class="num">{w.until(format.dayAndTime(until / 1e6))}</span>}</p>
        <p class="mut">{format.list([said, by && w.by(by, format.dayAndTime(at / 1e6))])}</p>
        <button type="button" class="btn big pri" onClick={() => void (state === "shelved" ? desk.shelve(0, reason) : desk.serve("in_service", reason))}>{w.unshelve}</button>
      </section>
    );
  }
  return (
    <section class="rbox">
      <p class="cap">{w.shelve}</p>
      <div class="seg wide">{shelfHours.map((h) => <button key={h} type="button" class={off ? "btn off" : "btn"} data-shelve={h} aria-disabled={off} onClick={() => off || void desk.shelve(h, reason)}>{w.hours(h)}</button>)}</div>
      {app.session.person?.role === "admin" && <button type="button" class={off ? "btn off" : "btn"} aria-disabled={off} onClick={() => off || void desk.serve("out_of_service", reason)}>{w.out} <small class="mut">{w.outSub}</small></button>}
      {reason === "" && <p class="mut">{w.reasonFirst}</p>}
    </section>
  );
};

export const Chosen = ({ s }: { s: Standing }) => {
  const app = useApp();
  const { words, format } = useSpeech();
  const w = words.rules;
  const reason = useSignal("");
  const { rule, judged } = s;
  const failed = app.ruleDesk.failed.value;
  return (
    <aside class="side rside">
      <div class="ft"><h2 class="cut">{rule.name}</h2><button type="button" class="btn ghost" aria-label={words.close} onClick={() => app.ruleDesk.choose(null)}><Icon name="x" /></button></div>
      <div class="rscroll">
        <section class="rbox">
          <p class="cap">{w.week}</p>
          <p>{judged ? w.counts(judged.confirmed, judged.rejected, judged.undecided, judged.waiting) : w.unjudged}</p>
          {rule.when && <p class="mut">{w.when} <code>{rule.when}</code></p>}
          {rule.factor > 0 && <p class="mut num">{w.factor(format.significant(rule.factor))}</p>}
          {rule.falseSignals && <p class="mut num">{w.falseRate}: {w.every(format.span(rule.falseSignals.every * 1000))}; {w.thin(rule.falseSignals.thin, format.number(rule.falseSignals.autocorrelation, 2))}</p>}
        </section>
        <section class="rbox">
          <p class="cap">{w.reason}</p>
          <div class="opts">{w.reasons.map((r) => <button key={r} type="button" class="o" aria-pressed={reason.value === r} onClick={() => (reason.value = reason.value === r ? "" : r)}><b>{r}</b></button>)}</div>
          <input class="rreason" aria-label={w.reason} placeholder={w.otherReason} maxLength={500} value={reason.value} onInput={(e) => (reason.value = e.currentTarget.value)} />
        </section>
        {failed && <div class="notice bad" role="alert"><Icon name="x" /><span class="kv wrap"><b>{w.notTaken}</b><small>{words.problem[failed]}</small></span></div>}
        <Service s={s} reason={reason.value.trim()} />
        <Thresholds s={s} reason={reason.value.trim()} />
      </div>
    </aside>
  );
};
