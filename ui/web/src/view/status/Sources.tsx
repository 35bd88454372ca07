// Where data comes from: whether it comes, how fast, and what was wrong with it.

import { clockIsOff } from "../../model/problems";
import type { SourceStatus } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { Mark } from "../parts/Icon";
import { shapeOf, toneOf } from "./marks";

const sum = (counts: Record<string, number> | null | undefined): number => Object.values(counts ?? {}).reduce((a, b) => a + b, 0);
const detail = (counts: Record<string, number> | null | undefined): string => Object.entries(counts ?? {}).map(([k, n]) => `${k}: ${n}`).join("\n");

const Clock = ({ kind, offset }: { kind: string; offset: number | undefined }) => {
  const { words: { status: w }, format } = useSpeech();
  const off = offset !== undefined && clockIsOff(kind, offset);
  return <td class={`r num hide-s ${off ? "warn b" : "dim"}`}>{offset === undefined ? "–" : w.clockBy(format.span(Math.abs(offset) / 1e6), offset >= 0)}</td>;
};

const Line = ({ s, now }: { s: SourceStatus; now: number }) => {
  const app = useApp();
  const { words: { status: w }, format } = useSpeech();
  const shape = shapeOf(s.state);
  const stuck = shape === "not_ok";
  const rate = s.pictures?.rate ?? app.health.rates.value.get(s.name);
  return (
    <tr>
      <td><span class={toneOf(shape)}><Mark shape={shape} /></span></td>
      <td class="name"><b class="cut" title={s.name}>{s.name}</b><small class={stuck ? "bad" : "dim"}>{format.list([w.kinds[s.kind] ?? s.kind, w.state[s.state] ?? s.state])}</small></td>
      <td class={`r num${stuck ? " bad b" : ""}`}>{s.lastSample ? format.span((now - s.lastSample) / 1e6) : "–"}</td>
      <td class="r num">{rate === undefined ? "–" : w.perSecond(format.significant(rate))}</td>
      <td class="r num">{format.number(s.kind === "camera" ? s.images : s.samples)}</td>
      <Clock kind={s.kind} offset={s.clockOffset} />
      <td class={`r num${sum(s.rejected) > 0 ? " warn b" : " dim"}`} title={detail(s.rejected)}>{format.number(sum(s.rejected))}</td>
      <td class={`r num${sum(s.gaps) > 0 ? "" : " dim"}`} title={detail(s.gaps)}>{format.number(sum(s.gaps))}</td>
    </tr>
  );
};

export const Sources = ({ sources, now }: { sources: SourceStatus[]; now: number }) => {
  const { words: { status: w } } = useSpeech();
  return (
    <div class="sec">
      <div class="h"><h2>{w.sources}</h2></div>
      {sources.length === 0 && <p class="mut pad">{w.noSources}</p>}
      {sources.length > 0 && (
        <table class="src">
          <thead><tr><th /><th>{w.name}</th><th class="r">{w.last}</th><th class="r">{w.rate}</th><th class="r">{w.total}</th><th class="r hide-s">{w.clock}</th><th class="r">{w.rejected}</th><th class="r">{w.gaps}</th></tr></thead>
          <tbody>{sources.map((s) => <Line key={s.name} s={s} now={now} />)}</tbody>
        </table>
      )}
    </div>
  );
};
