// Fault terms: modes, mechanisms and causes, with their codes and names.

import { useSignal } from "@preact/signals";
import type { Vocabulary } from "../../model/classedit";
import { useApp, useSpeech } from "../context";
import { Icon } from "../parts/Icon";
import { Segments } from "../parts/Segments";

/** Kinds of equipment as they are typed, with commas between. */
const kindsOf = (text: string): string[] => text.toLowerCase().split(/[,，、\s]+/).filter((k) => /^[a-z0-9.-]{1,64}$/.test(k));

/** Which kind of equipment each asset is. */
const Assets = () => {
  const { classEdit: e, queue } = useApp();
  const { words: { limits: w } } = useSpeech();
  const kinds = e.rest.value.equipment ?? {};
  const assets = [...new Set([...Object.keys(kinds), ...queue.places.value.assets])].sort();
  const set = (asset: string, text: string): void => {
    const { [asset]: _, ...rest } = e.rest.peek().equipment ?? {};
    const kind = kindsOf(text)[0];
    e.change({ equipment: kind ? { ...rest, [asset]: kind } : rest });
  };
  if (assets.length === 0) return null;
  return (
    <>
      <h2 class="ghead">{w.assets}</h2>
      {assets.map((a) => <label key={a} class="kline"><span class="cut" title={a}>{a}</span><input class="mono" aria-label={w.kindOf(a)} placeholder={w.equipment} value={kinds[a] ?? ""} onChange={(ev) => set(a, ev.currentTarget.value)} /></label>)}
    </>
  );
};

export const Terms = () => {
  const { classEdit: e } = useApp();
  const { words } = useSpeech();
  const [w, c] = [words.taxonomy, words.classes];
  const which = useSignal<Vocabulary>("modes");
  const id = useSignal("");
  return (
    <>
      <div class="filters"><Segments label={w.tab.terms} value={which.value} options={[{ value: "modes", text: words.fault.mode }, { value: "mechanisms", text: words.fault.mechanism }, { value: "causes", text: words.fault.cause }]} onPick={(v) => (which.value = v)} /></div>
      <div class="hlist">
        <div class="cline chead tline" aria-hidden="true"><span>{c.id}</span><span>{w.code}</span><span>{c.zh}</span><span>{c.en}</span><span>{words.limits.equipment}</span></div>
        {(e.rest.value[which.value] ?? []).map((t) => (
          <div key={t.id} class="cline tline" data-term={t.id}>
            <span class="mono cut">{t.id}</span>
            <input class="ckey" aria-label={`${t.id} ${w.code}`} maxLength={8} value={t.code ?? ""} onInput={(ev) => e.editTerm(which.value, t.id, { code: ev.currentTarget.value })} />
            <input lang="zh-CN" aria-label={`${t.id} ${c.zh}`} maxLength={60} value={t.name["zh-CN"]} onInput={(ev) => e.editTerm(which.value, t.id, { name: { ...t.name, "zh-CN": ev.currentTarget.value } })} />
            <input lang="en" aria-label={`${t.id} ${c.en}`} maxLength={60} value={t.name.en} onInput={(ev) => e.editTerm(which.value, t.id, { name: { ...t.name, en: ev.currentTarget.value } })} />
            <input class="mono" aria-label={`${t.id} ${words.limits.equipment}`} title={words.limits.equipmentHint} value={(t.equipment ?? []).join(", ")} onChange={(ev) => e.editTerm(which.value, t.id, { equipment: kindsOf(ev.currentTarget.value) })} />
          </div>
        ))}
        <form class="row cadd" onSubmit={(ev) => (ev.preventDefault(), e.addTerm(which.value, id.value.trim()) && (id.value = ""))}>
          <input class="mono" aria-label={c.id} placeholder={c.idHint} maxLength={64} value={id.value} onInput={(ev) => (id.value = ev.currentTarget.value.toLowerCase())} />
          <button type="submit" class="btn"><Icon name="plus" />{w.addTerm}</button>
        </form>
        <Assets />
      </div>
    </>
  );
};
