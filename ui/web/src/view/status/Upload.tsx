// What goes to the centre: how much waits, how fast it leaves, until when; and the drill that cuts the line.

import type { TargetStatus } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { Mark } from "../parts/Icon";
import { shapeOf, toneOf } from "./marks";

const Fact = ({ name, value, tone = "" }: { name: string; value: string; tone?: string }) => <div class="kv"><small>{name}</small><b class={`num cut ${tone}`} title={value}>{value}</b></div>;

const Target = ({ t }: { t: TargetStatus }) => {
  const app = useApp();
  const { words: { status: w }, format } = useSpeech();
  const now = app.clock.value;
  const shape = t.error ? "not_decidable" : shapeOf(t.state);
  const ago = t.lastSync ? w.lastSync(format.span(now - t.lastSync / 1e6)) : w.never;
  const lanes = Object.entries(t.lanes ?? {}).filter(([, n]) => n > 0).map(([lane, n]) => `${w.lanes[lane] ?? lane} ${format.number(n)}`);
  return (
    <div class="target">
      <div class="row"><span class={toneOf(shape)}><Mark shape={shape} /></span><b class="m cut" title={t.name}>{t.name}</b><span class="dim cut">{format.list([w.kinds[t.kind] ?? t.kind, t.closed ? w.closed : w.target[t.state] ?? t.state])}</span><span class="dim num end">{ago}</span></div>
      <div class="facts">
        <Fact name={w.backlog} value={format.number(t.pending)} />
        <Fact name={w.sent} value={t.pending > 0 || t.rate ? format.list([w.perSecond(format.significant(t.rate ?? 0)), w.perSecond(format.bytes(t.bytesRate ?? 0))]) : "–"} />
        <Fact name={w.age} value={t.pending > 0 && t.oldest ? format.span(now - t.oldest / 1e6) : "–"} />
        <Fact name={w.ends} value={t.pending === 0 ? "–" : t.ends ? format.span(t.ends / 1e6 - now) : w.stalled} tone={t.pending > 0 && !t.ends && !t.closed ? "warn" : ""} />
      </div>
      {(lanes.length > 0 || (t.above ?? 0) > 0) && <p class="cap num">{format.list([...lanes, t.above ? w.above(t.above) : ""])}</p>}
    </div>
  );
};

/** What came down from the centre: when it was asked last, and what is on trial. */
const Centre = ({ t }: { t: TargetStatus }) => {
  const { clock } = useApp();
  const { words: { status: w }, format } = useSpeech();
  const now = clock.value, shape = t.error ? "not_decidable" : shapeOf(t.state);
  const trial = t.trial ? t.trial / 1e6 - now : 0;
  return (
    <div class="target">
      <div class="row"><span class={toneOf(shape)}><Mark shape={shape} /></span><b class="m">{w.kinds.control}</b><span class="dim num end">{t.lastSync ? w.asked(format.span(now - t.lastSync / 1e6)) : w.unasked}</span></div>
      <p class={trial > 0 ? "cap b warn" : "cap"}>{trial > 0 ? w.onTrial(format.minute((t.trial ?? 0) / 1e6), format.span(trial)) : w.noTrial}</p>
      {t.rolledBack ? <p class="cap warn">{w.rolledBack(t.rolledBack)}</p> : null}
    </div>
  );
};

const Drill = () => {
  const { health, clock, session } = useApp();
  const { words, format } = useSpeech();
  const w = words.status;
  const drill = health.drill.value;
  if (!drill || session.person?.role !== "admin") return null;
  const left = drill.until / 1e6 - clock.value, cut = drill.until > 0 && left > 0;
  const result = health.result.value, trouble = health.trouble.value;
  return (
    <div class="sec drill">
      <div class="h"><h2>{w.drill}</h2><span class={cut ? "warn cap" : "cap"} role="status">{cut ? w.drillCut(format.span(left)) : w.drillWhole}</span></div>
      <div class="row acts">
        {cut ? <button type="button" class="btn" onClick={() => void health.mend()}>{w.drillMend}</button> : [2, 10].map((min) => <button key={min} type="button" class="btn" onClick={() => void health.cut(min * 60)}>{w.drillStart(min)}</button>)}
        {trouble ? <span class="bad">{w.drillFailed}: {words.problem[trouble]}</span> : result && <span class="mut num">{w.drillResult(result.most, result.left)}</span>}
      </div>
    </div>
  );
};

export const Upload = ({ targets }: { targets: TargetStatus[] }) => {
  const { words: { status: w } } = useSpeech();
  return (
    <>
      <div class="sec">
        <div class="h"><h2>{w.targets}</h2></div>
        {targets.length === 0 && <p class="mut pad">{w.noTargets}</p>}
        {targets.map((t) => (t.kind === "control" ? <Centre key={t.name} t={t} /> : <Target key={t.name} t={t} />))}
      </div>
      <Drill />
    </>
  );
};
