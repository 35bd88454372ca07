// Which asset, which time, and what was found in it, newest first.

import type { FixedMark } from "../../model/stage";
import { useApp, useSpeech } from "../context";
import { Icon } from "../parts/Icon";

const Entry = ({ band }: { band: FixedMark }) => {
  const { timeline: t } = useApp();
  const { words: { timeline: w }, format } = useSpeech();
  return (
    <button type="button" class={band.open ? "band open" : "band"} onClick={() => (t.mark.selected.value = band.id)}>
      <b class="num">{format.dayAndTime(band.from / 1e6)}</b><span class="num mut">{format.span((band.to - band.from) / 1e6)}</span>
      <span class={band.open ? "tag mach num" : "tag"}>{band.words}</span><small class="dim num">{w.signals(band.tags.length)}</small>
    </button>
  );
};

export const Index = () => {
  const { timeline: t } = useApp();
  const { words } = useSpeech();
  const w = words.timeline;
  const bands = [...t.bands.value].reverse();
  const newest = t.isNewest();
  return (
    <div class="tindex">
      <label class="pickasset"><span class="cap">{words.asset}</span>
        <select value={t.asset.value ?? ""} onChange={(e) => void t.choose(e.currentTarget.value)}>
          {t.assets.value.map((a) => <option key={a} value={a}>{a || w.noAsset}</option>)}
        </select>
      </label>
      <div class="row moves">
        <button type="button" class="btn grow" onClick={() => void t.move(-1)}><Icon name="left" />{w.earlier}</button>
        <button type="button" class={newest ? "btn grow off" : "btn grow"} aria-disabled={newest} onClick={() => newest || void t.move(1)}>{w.later}<Icon name="right" /></button>
        <button type="button" class="btn" onClick={() => void t.showNewest()}>{w.newest}</button>
      </div>
      {t.made.value && <div class="notice" role="status"><Icon name="check" /><span class="kv wrap"><b>{w.made}</b><small>{w.madeSub}</small></span></div>}
      <div class="bandhead"><h2>{w.candidates}</h2>
        <div class="seg">
          <button type="button" class={t.beside(-1) ? "btn" : "btn off"} aria-disabled={!t.beside(-1)} aria-label={w.previousCandidate} title={w.previousCandidate} onClick={() => t.step(-1)}><Icon name="left" /></button>
          <button type="button" class={t.beside(1) ? "btn" : "btn off"} aria-disabled={!t.beside(1)} aria-label={w.nextCandidate} title={w.nextCandidate} onClick={() => t.step(1)}><Icon name="right" /></button>
        </div>
      </div>
      <div class="bands" aria-label={w.candidates}>
        {bands.map((b) => <Entry key={b.id} band={b} />)}
        {bands.length === 0 && !t.loading.value && <p class="mut pad">{w.empty}</p>}
        {t.more.value && <p class="cap pad">{w.more}</p>}
      </div>
      <div class="missed"><b>{w.missed}</b><p>{w.missedHint}</p></div>
    </div>
  );
};
