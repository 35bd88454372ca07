// What a class has beside its names: pictures of where its limit is, and questions about its regions.

import { useSignal } from "@preact/signals";
import { type LimitKind, limitKinds } from "../../model/limits";
import { serialOf } from "../../model/naming";
import type { Attribute, Class, Term } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { LimitTile, useLimits } from "../judge/Limits";
import { Icon } from "../parts/Icon";

const Choices = ({ c }: { c: Class }) => {
  const app = useApp();
  const { words } = useSpeech();
  const { limits, classEdit: e } = app;
  const choosing = limits.choosing.value;
  if (choosing?.of !== c.id) return null;
  const take = async (row: (typeof choosing.rows)[number]): Promise<void> => e.edit(c.id, { limits: await limits.choose(c, row) });
  return (
    <div class="goods">
      {choosing.rows.map((row) => (
        <button key={row.id} type="button" class="btn" onClick={() => void take(row)}>
          {row.images?.[0] && <img src={`${app.base}/images/${row.images[0].sha256}/preview`} alt="" draggable={false} />}<span class="num">{serialOf(row)}</span>
        </button>
      ))}
      {choosing.rows.length === 0 && <span class="mut">{words.limits.none[choosing.kind]}</span>}
      <button type="button" class="btn ghost" aria-label={words.close} onClick={() => (limits.choosing.value = null)}><Icon name="x" /></button>
    </div>
  );
};

const Slot = ({ c, kind }: { c: Class; kind: LimitKind }) => {
  const { limits, classEdit: e } = useApp();
  const { words } = useSpeech();
  const w = words.limits;
  const view = useLimits(c).find((v) => v.limit.kind === kind);
  return (
    <div class="slot">
      {view ? <LimitTile view={view} /> : <div class="limit empty"><span>{w.kind[kind]}</span></div>}
      <div class="row">
        <button type="button" class="btn" onClick={() => void limits.offer(c.id, kind)}>{view ? w.other : w.choose}</button>
        {view && <button type="button" class="btn" aria-label={`${words.tool.remove} ${w.kind[kind]}`} onClick={() => e.edit(c.id, { limits: (c.limits ?? []).filter((l) => l.kind !== kind) })}><Icon name="trash" /></button>}
      </div>
    </div>
  );
};

/** One answer a line, id = Chinese / English: the shortest way to enter and to read a list of them. */
const written = (values: readonly Term[]): string => values.map((v) => `${v.id} = ${v.name["zh-CN"]} / ${v.name.en}`).join("\n");
const understood = (text: string): Term[] | undefined => {
  const lines = text.split("\n").map((l) => l.trim()).filter(Boolean);
  const terms = lines.map((l) => /^([a-z0-9.-]{1,64})\s*=\s*(.+?)\s*\/\s*(.+)$/.exec(l));
  return terms.length > 0 && terms.every((t) => t !== null) ? terms.map(([, id = "", zh = "", en = ""]) => ({ id, name: { "zh-CN": zh, en } })) : undefined;
};

const Question = ({ c, a }: { c: Class; a: Attribute }) => {
  const { classEdit: e } = useApp();
  const { words } = useSpeech();
  const text = useSignal(written(a.values));
  const sound = understood(text.value) !== undefined;
  const change = (to: Partial<Attribute>): void => e.edit(c.id, { attributes: (c.attributes ?? []).map((x) => (x.id === a.id ? { ...x, ...to } : x)) });
  const name = (of: "zh-CN" | "en", label: string) => <input lang={of} aria-label={`${a.id} ${label}`} maxLength={60} value={a.name[of]} onInput={(ev) => change({ name: { ...a.name, [of]: ev.currentTarget.value } })} />;
  const onText = (v: string): void => {
    text.value = v;
    const values = understood(v);
    if (values) change({ values });
  };
  return (
    <div class="question">
      <span class="mono cut" title={a.id}>{a.id}</span>{name("zh-CN", words.classes.zh)}{name("en", words.classes.en)}
      <textarea aria-label={`${a.id} ${words.limits.answers}`} aria-invalid={!sound} placeholder={words.limits.answersHint} rows={Math.max(2, a.values.length)} value={text.value} onInput={(ev) => onText(ev.currentTarget.value)} />
      <button type="button" class="btn" aria-label={`${words.tool.remove} ${a.id}`} onClick={() => e.edit(c.id, { attributes: (c.attributes ?? []).filter((x) => x.id !== a.id) })}><Icon name="trash" /></button>
    </div>
  );
};

const idShape = /^[a-z0-9.-]{1,64}$/;

export const Details = ({ c }: { c: Class }) => {
  const { classEdit: e } = useApp();
  const { words } = useSpeech();
  const w = words.limits;
  const id = useSignal("");
  const add = (): void => {
    const of = id.peek().trim(), all = c.attributes ?? [];
    if (!idShape.test(of) || all.some((a) => a.id === of)) return;
    e.edit(c.id, { attributes: [...all, { id: of, name: { "zh-CN": "", en: "" }, values: [] }] });
    id.value = "";
  };
  return (
    <div class="cdetails">
      {c.on !== "signal" && <><h2>{w.title}</h2><div class="slots">{limitKinds.map((kind) => <Slot key={kind} c={c} kind={kind} />)}</div><Choices c={c} /></>}
      <h2>{w.attributes}</h2>
      {(c.attributes ?? []).map((a) => <Question key={a.id} c={c} a={a} />)}
      <form class="row" onSubmit={(ev) => (ev.preventDefault(), add())}>
        <input class="mono" aria-label={words.classes.id} placeholder={words.classes.idHint} maxLength={64} value={id.value} onInput={(ev) => (id.value = ev.currentTarget.value.toLowerCase())} />
        <button type="submit" class="btn"><Icon name="plus" />{w.addAttribute}</button>
      </form>
    </div>
  );
};
