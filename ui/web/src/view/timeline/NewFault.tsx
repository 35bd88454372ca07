// What a person says about the stretch that was just marked.

import type { Region } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { Icon } from "../parts/Icon";
import { FaultForm } from "../signal/FaultForm";

export const NewFault = ({ stretch }: { stretch: Region }) => {
  const { timeline: t } = useApp();
  const { words, format } = useSpeech();
  const w = words.timeline;
  const [from, to] = [(stretch.from ?? 0) / 1e6, (stretch.to ?? 0) / 1e6];
  const failed = t.failed.value;
  const day = (ms: number): string => format.date(ms).slice(5);
  return (
    <>
      <div class="ends">
        <span class="kv"><small class="num">{w.onset} {day(from)}</small><b class="num">{format.clock(from)}</b></span>
        <span class="kv"><small class="num">{w.length(format.span(to - from))}</small><b class="num">{format.clock(to)}</b></span>
        <span class="kv"><small>{words.signals}</small><b class="num">{stretch.tags?.length ?? 0}</b></span>
      </div>
      <FaultForm key={stretch.id} pad={t.mark} />
      {failed && <div class="notice bad" role="alert"><Icon name="x" /><span class="kv wrap"><b>{w.failed}</b><small>{w.failedTodo(words.problem[failed])}</small></span></div>}
      <div class="saverow">
        <button type="button" class="btn big" onClick={() => t.mark.discard()}>{w.discard}</button>
        <button type="button" class={`btn big pri${t.saving.value ? " off" : ""}`} aria-disabled={t.saving.value} onClick={() => void t.save()}>{t.saving.value ? w.saving : w.save} <kbd>F8</kbd></button>
      </div>
    </>
  );
};
