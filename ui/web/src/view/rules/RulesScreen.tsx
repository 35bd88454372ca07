// The rules that watch the signals: how often they are right, how often they would be wrong by chance, and who shelved them until when.

import type { Budget, Estimate, Recall } from "../../model/rules/desk";
import type { Standing } from "../../model/rules/standing";
import { useApp, useSpeech } from "../context";
import { Header, ToJudge } from "../Header";
import { Icon, Mark } from "../parts/Icon";
import { Panel } from "../parts/Panel";
import { Segments } from "../parts/Segments";
import { Chosen } from "./Chosen";
import "./rules.css";
import { Failed } from "../parts/Failed";

const usePercent = (): ((e: Estimate) => readonly [string, string]) => {
  const { words: { rules: w }, format } = useSpeech();
  const n = (v: number): string => format.number(v * 100);
  return (e) => [`${n(e.value)} %`, w.interval(n(e.low), n(e.high), e.n)];
};

const Row = ({ s }: { s: Standing }) => {
  const app = useApp();
  const { words, format } = useSpeech();
  const w = words.rules;
  const percent = usePercent();
  const { rule, judged } = s;
  const said = judged?.precision ? percent(judged.precision) : undefined;
  const away = rule.service.state !== "in_service";
  const held = app.ruleDesk.chosen.value === rule.name;
  return (
    <button type="button" class={`rrow${held ? " sel" : ""}${away ? " away" : ""}`} aria-pressed={held} onClick={() => app.ruleDesk.choose(held ? null : rule.name)}>
      <span class="kv"><b class="cut">{rule.name}</b><small class="cut">{format.list([rule.tag || w.asset(rule.asset), words.detector[rule.kind] ?? rule.kind])}</small></span>
      <span class="kv num"><b>{format.number(rule.candidates)}</b><small class={s.noisy ? "warn" : ""}>{s.noisy ? w.noisy[s.noisy] : rule.open ? w.open : rule.lastDay > 0 ? w.lastDay(rule.lastDay) : ""}</small></span>
      <span class="kv num"><b>{said ? said[0] : "–"}</b><small>{said ? said[1] : w.unjudged}</small></span>
      <span class="kv num hide-s"><b>{rule.falseSignals ? w.every(format.span(rule.falseSignals.every * 1000)) : "–"}</b><small>{rule.falseSignals ? w.observed(format.number(rule.falseSignals.signals), format.number(rule.falseSignals.points)) : w.unknownRate}</small></span>
      <span class="kv st">{away ? <Mark shape="not_decidable" /> : s.noisy ? <Icon name="alert" /> : <Mark shape="ok" />}<span class="kv"><b class="cut">{w.service[rule.service.state]}</b><small class="num cut">{rule.service.state === "shelved" ? w.until(format.dayAndTime(rule.service.until / 1e6)) : rule.blocked ? w.blocked(rule.blocked) : ""}</small></span></span>
    </button>
  );
};

const Wanted = ({ budget: b }: { budget: Budget }) => {
  const { words: { rules: w }, format } = useSpeech();
  const n = format.significant;
  return (
    <p class="rbudget num"><b>{w.budget} {b.asset}</b><span>{w.wanted(n(b.candidates), format.span(b.per * 1000))}</span><span class={b.observed > 2 * b.candidates ? "warn" : ""}>{w.seen(n(b.observed), format.span(b.over * 1000))}</span><span class="mut">{b.promised === null ? w.unfitted : w.promised(n(b.promised))}</span></p>
  );
};

/** How much of what is wrong on an asset or a camera is flagged, from items drawn at random. */
const Found = ({ recall: r }: { recall: Recall }) => {
  const { words: { rules: w } } = useSpeech();
  const percent = usePercent();
  if (!r.recall) return null;
  const [share, interval] = percent(r.recall);
  return <p class="rbudget num"><b>{w.recall} {r.camera || r.asset}</b><span>{share}</span><span class="mut">{interval}</span>{r.missed > 0 && <span class="warn">{w.missed(r.missed, r.judged)}</span>}</p>;
};

export const RulesScreen = () => {
  const app = useApp();
  const { words } = useSpeech();
  const w = words.rules;
  const desk = app.ruleDesk;
  const rows = desk.rows.value;
  const open = desk.open.value;
  const waits = desk.rules.value === null;
  return (
    <div class="shell plain">
      <Header facts={[{ name: words.brand, value: w.title, main: true }]}><ToJudge /></Header>
      <main class={open ? "rulespage two" : "rulespage"}>
        <section class="rlist">
          <div class="filters"><Segments label={w.title} value={desk.show.value} options={(["all", "noisy", "shelved"] as const).map((value) => ({ value, text: w.show[value] }))} onPick={(v) => (desk.show.value = v)} /></div>
          {desk.budgets.value.map((b) => <Wanted key={b.asset} budget={b} />)}
          {desk.recall.value.map((r) => <Found key={`${r.asset} ${r.camera}`} recall={r} />)}
          <div class="rhead" aria-hidden="true"><span>{w.rule}</span><span>{w.candidates}</span><span>{w.precision}</span><span class="hide-s">{w.falseRate}</span><span>{w.state}</span></div>
          <div class="rrows">
            {rows.map((s) => <Row key={s.rule.name} s={s} />)}
            {waits && !desk.trouble.value && <i class="progress" role="progressbar" />}
            {desk.trouble.value && <Failed title={w.failed} sub={words.problem[desk.trouble.value]} onRetry={() => void desk.read()} />}
            {!waits && rows.length === 0 && !desk.trouble.value && <Panel icon={<Icon name="sensor" />} title={desk.rules.value?.length ? w.noneShown : w.empty} {...(desk.rules.value?.length ? {} : { sub: w.emptySub })} />}
          </div>
        </section>
        {open && <Chosen key={open.rule.name} s={open} />}
      </main>
    </div>
  );
};
