// The classes that everybody labels with: names in both languages, keys, order. A class is never deleted, only retired.

import { useSignal } from "@preact/signals";
import type { Class } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { Header } from "../Header";
import { classIcon, Icon } from "../parts/Icon";
import { Segments } from "../parts/Segments";
import { Details } from "./Details";
import { Keys } from "./Keys";
import { Log } from "./Log";
import { Packs } from "./Packs";
import { Terms } from "./Terms";

const Line = ({ c, first, last }: { c: Class; first: boolean; last: boolean }) => {
  const { classEdit: e } = useApp();
  const { words, format } = useSpeech();
  const w = words.classes;
  const flaw = e.flaws.value.get(c.id);
  const open = useSignal(false);
  const text = (of: "zh-CN" | "en", name: string) => (
    <input aria-label={`${c.id} ${name}`} lang={of} maxLength={60} value={c.name[of]} aria-invalid={flaw === "name" && !c.name[of].trim()} onInput={(ev) => e.edit(c.id, { name: { ...c.name, [of]: ev.currentTarget.value } })} />
  );
  return (
    <div class={c.retired ? "cline retired" : "cline"} data-class={c.id}>
      <span class="cid"><Color c={c} /><Icon name={classIcon(c.icon ?? "", c.id)} /><span class="mono cut" title={c.id}>{c.id}</span></span>
      {text("zh-CN", w.zh)}
      {text("en", w.en)}
      <input class="ckey" aria-label={`${c.id} ${w.key}`} maxLength={2} value={c.hotkey ?? ""} aria-invalid={flaw === "key" || flaw === "twice"} onInput={(ev) => e.edit(c.id, { hotkey: ev.currentTarget.value.toLowerCase() })} />
      <select aria-label={`${c.id} ${w.on}`} value={c.on || "both"} onChange={(ev) => e.edit(c.id, { on: ev.currentTarget.value as "image" | "signal" | "both" })}>
        <option value="image">{w.image}</option><option value="signal">{w.signal}</option><option value="both">{w.both}</option>
      </select>
      <input class="ckey" type="number" min="0" step="0.1" aria-label={`${c.id} ${w.limit}`} value={c.limit || ""} onInput={(ev) => e.edit(c.id, { limit: Math.max(0, Number(ev.currentTarget.value) || 0) })} />
      <Become c={c} />
      {e.isNew(c.id) ? <button type="button" class="btn" onClick={() => e.drop(c.id)}>{w.drop}</button> : <button type="button" class="btn" aria-pressed={c.retired ?? false} onClick={() => e.retire(c.id, !c.retired)}>{c.retired ? w.retired : w.retire}</button>}
      <button type="button" class="btn more" aria-expanded={open.value} aria-label={`${c.id} ${words.limits.details}`} title={words.limits.details} onClick={() => (open.value = !open.value)}><Icon name="eye" /></button>
      <span class="seg">
        <button type="button" class={first ? "btn off" : "btn"} aria-disabled={first} aria-label={`${w.up} ${c.id}`} onClick={() => e.move(c.id, -1)}><Icon name="up" /></button>
        <button type="button" class={last ? "btn off" : "btn"} aria-disabled={last} aria-label={`${w.down} ${c.id}`} onClick={() => e.move(c.id, 1)}><Icon name="down" /></button>
      </span>
      {e.mappedTo(c.id).length > 0 && <small class="flaw mut">{(e.mappedTo(c.id).length > 1 ? words.taxonomy.splitInto : words.taxonomy.mergedInto)(format.list(e.mappedTo(c.id)))}</small>}
      {open.value && <Details c={c} />}
      {flaw && <small class="flaw bad" role="alert"><Icon name="alert" />{flaw === "attribute" ? words.limits.flaw : w.flaw[flaw]}</small>}
    </div>
  );
};

/** What becomes of a class: a further choice makes a split of a merge. */
const Become = ({ c }: { c: Class }) => {
  const { classEdit: e } = useApp();
  const { words: { taxonomy: w } } = useSpeech();
  const to = e.mappedTo(c.id);
  const others = e.classes.value.filter((o) => o.id !== c.id && !o.retired && !to.includes(o.id));
  return (
    <select aria-label={`${c.id} ${w.become}`} data-become value="" onChange={(ev) => e.merge(c.id, ev.currentTarget.value === "-" ? [] : [...to, ev.currentTarget.value])}>
      <option value="">{to.length ? w.splitTo(to.length) : w.into}</option>
      {to.length > 0 && <option value="-">{w.keep}</option>}
      {others.map((o) => <option key={o.id} value={o.id}>{o.id}</option>)}
    </select>
  );
};

const swatches = ["", "#b3261e", "#e0a526", "#006771", "#1f5a96", "#6a4a9c", "#7a5230", "#3f7a3f"];

const Color = ({ c }: { c: Class }) => {
  const { classEdit: e } = useApp();
  const { words: { taxonomy: w } } = useSpeech();
  const next = swatches[(swatches.indexOf(c.color ?? "") + 1) % swatches.length] ?? "";
  return <button type="button" class="swatch" data-color={c.color ?? ""} aria-label={`${c.id} ${w.color} ${c.color || w.noColor}`} title={c.color || w.noColor} onClick={() => e.edit(c.id, { color: next })}><i ref={(el) => el?.style.setProperty("background", c.color || "transparent")} /></button>;
};

const Add = () => {
  const { classEdit: e } = useApp();
  const { words: { classes: w } } = useSpeech();
  const id = useSignal("");
  const on = useSignal<"image" | "signal">("image");
  return (
    <form class="row cadd" onSubmit={(ev) => (ev.preventDefault(), e.add(id.value.trim(), on.value) && (id.value = ""))}>
      <input class="mono" aria-label={w.id} placeholder={w.idHint} maxLength={64} value={id.value} onInput={(ev) => (id.value = ev.currentTarget.value.toLowerCase())} />
      <Segments label={w.on} value={on.value} options={[{ value: "image", text: w.image }, { value: "signal", text: w.signal }]} onPick={(v) => (on.value = v)} />
      <button type="submit" class="btn"><Icon name="plus" />{w.add}</button>
    </form>
  );
};

const Said = () => {
  const { classEdit: e } = useApp();
  const { words } = useSpeech();
  const w = words.classes;
  const trouble = e.trouble.value;
  if (trouble === "conflict") return <p class="notice warn" role="alert"><Icon name="people" />{w.conflict}</p>;
  if (trouble) return <p class="notice bad" role="alert"><Icon name="x" />{w.failed}: {words.problem[trouble]}</p>;
  if (e.changed.value) return <p class="mut">{w.changed}</p>;
  return <p class="mut" role="status">{e.done.value ? w.saved(e.done.value) : w.same}</p>;
};

const List = () => {
  const { classEdit: e } = useApp();
  const { words: { classes: w, taxonomy: t } } = useSpeech();
  const classes = e.classes.value;
  return (
    <>
      <div class="cline chead"><span>{w.id}</span><span>{w.zh}</span><span>{w.en}</span><span>{w.key}</span><span>{w.on}</span><span>{w.limit}</span><span title={t.mergeHint}>{t.become}</span><span /><span /><span /></div>
      <div class="hlist">
        {classes.map((c, i) => <Line key={c.id} c={c} first={i === 0} last={i === classes.length - 1} />)}
        <Add />
      </div>
    </>
  );
};

const tabs = { classes: List, terms: Terms, keys: Keys, log: Log, packs: Packs };
type Tab = keyof typeof tabs;

export const ClassesScreen = () => {
  const app = useApp();
  const { classEdit: e } = app;
  const { words: { classes: w, taxonomy: t, brand } } = useSpeech();
  const tab = useSignal<Tab>("classes");
  const ready = e.changed.value && e.flaws.value.size === 0 && e.keysSound.value && !e.busy.value;
  const Shown = tabs[tab.value];
  const pick = (to: Tab): void => {
    tab.value = to;
    if (to === "log") void app.classLog.open(e.before.peek());
    if (to === "packs") void e.readPacks();
  };
  return (
    <div class="shell plain">
      <Header facts={[{ name: brand, value: w.title, main: true }, { name: "", value: w.revision(e.before.value?.revision ?? 0) }]} />
      <main class="historypage">
        <div class="filters"><Segments label={w.title} value={tab.value} options={(Object.keys(tabs) as Tab[]).map((k) => ({ value: k, text: t.tab[k] }))} onPick={pick} /></div>
        <Shown />
        <footer class="csave">
          <Said />
          <button type="button" class={e.changed.value ? "btn big" : "btn big off"} aria-disabled={!e.changed.value} onClick={() => void e.restart()}>{w.discard}</button>
          <button type="button" class={ready ? "btn big pri" : "btn big off"} aria-disabled={!ready} onClick={() => void e.save()}>{w.save}</button>
        </footer>
      </main>
    </div>
  );
};
