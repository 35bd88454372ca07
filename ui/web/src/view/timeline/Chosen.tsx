// The item whose band is selected: why it is there, what was said, and the way to judge it.

import { say } from "../../model/taxonomy";
import type { Row } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { Icon } from "../parts/Icon";
import { Said } from "../parts/Said";
import { FindKey } from "../similar/FindKey";

export const Chosen = ({ row }: { row: Row }) => {
  const app = useApp();
  const { words, format, lang } = useSpeech();
  const w = words.timeline;
  const t = app.timeline;
  const band = t.bands.value.find((b) => b.id === row.id);
  const judged = row.labels > 0;
  const claim = app.clock.value > 0 ? app.claims.on(row) : undefined; // looked at again every second: claims end
  const names = (band?.tags ?? []).map((tag) => t.signals.value.find((s) => s.id === tag)?.name || tag);
  return (
    <>
      <div class="ft chosen"><h2>{judged ? w.judged : w.item}</h2><button type="button" class="btn ghost" aria-label={words.close} onClick={() => t.mark.leave()}><Icon name="x" /></button></div>
      {band && (
        <div class="ends">
          <span class="kv"><small>{w.onset}</small><b class="num">{format.dayAndTime(band.from / 1e6)}</b></span>
          <span class="kv"><small class="num">{w.length(format.span((band.to - band.from) / 1e6))}</small><b class="num">{format.dayAndTime(band.to / 1e6)}</b></span>
          <span class="kv"><small>{w.score}</small><b class="num">{format.number(row.score, 2)}</b></span>
        </div>
      )}
      <div class="told">
        {judged && <Said verdict={row.verdict}><span class="mut cut">{format.list(app.classes.names(row.classes))}</span></Said>}
        {judged && row.by && <p class="dim">{format.list([`${w.by} ${row.by}`, row.decided ? format.dayAndTime(row.decided / 1e6) : ""])}</p>}
        {(row.candidates ?? []).map((c) => <p key={c.id}>{say(c.explain, lang) || (words.detector[c.detector] ?? c.rule)}</p>)}
        <p class="mut">{format.list(names)}</p>
        {claim && <p class="notice warn"><Icon name="people" />{w.busy(claim.name || claim.by)}</p>}
      </div>
      {judged && <div class="saverow lone"><FindKey item={row.id} /></div>}
      <div class="saverow lone"><button type="button" class="btn big pri" onClick={() => app.openRow(row, judged)}>{judged ? w.again : w.judge}</button></div>
    </>
  );
};
