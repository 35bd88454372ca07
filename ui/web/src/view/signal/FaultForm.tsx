// Mode, mechanism and cause are separate fields. One is open at a time; a choice opens the next; nothing here is required.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { TermView } from "../../model/taxonomy";
import type { Confidence, Fault } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { classIcon, Icon } from "../parts/Icon";

type Field = "class" | "mode" | "mechanism" | "cause" | "note";
const order: readonly Field[] = ["class", "mode", "mechanism", "cause", "note"];

interface RowProps { name: string; value: string; open: boolean; onOpen(): void; children: ComponentChildren }

const Fold = ({ name, value, open, onOpen, children }: RowProps) => (
  <section class={open ? "fold open" : "fold"}>
    <button type="button" class="fh" aria-expanded={open} onClick={onOpen}>
      <span class="dim">{name}</span><b class="cut">{value}</b><Icon name={open ? "up" : "down"} />
    </button>
    {open && children}
  </section>
);

const Terms = ({ terms, held, onPick }: { terms: TermView[]; held: string | undefined; onPick(id: string | undefined): void }) => (
  <div class="opts" role="group">
    {terms.map((t) => (
      <button key={t.id} type="button" class="o" aria-pressed={t.id === held} onClick={() => onPick(t.id === held ? undefined : t.id)}>
        {t.code && <small class="num">{t.code}</small>}
        <b>{t.name}</b>
      </button>
    ))}
  </div>
);

const ClassOptions = ({ onPicked }: { onPicked(): void }) => {
  const app = useApp();
  const j = app.judge;
  const own = j.regions.value.find((r) => r.id === j.selected.value)?.class;
  const held = j.chosen.value ?? own;
  return (
    <div class="opts" role="group">
      {app.chips().map((c) => (
        <button key={c.id} type="button" class="o pic" aria-pressed={c.id === held} onClick={() => { j.pick(c.id); onPicked(); }}>
          <Icon name={classIcon(c.icon, c.id)} /><b>{c.name}</b>{c.key && <kbd>{c.key}</kbd>}
        </button>
      ))}
    </div>
  );
};

const Sure = () => {
  const app = useApp();
  const { words } = useSpeech();
  const held = app.judge.confidence;
  return (
    <section class="sure">
      <span class="dim">{words.fault.confidence}</span>
      <div class="opts three" role="group" aria-label={words.fault.confidence}>
        {([3, 2, 1] as const).map((c) => (
          <button key={c} type="button" class="o" aria-pressed={held.value === c} onClick={() => (held.value = (held.value === c ? 0 : c) as Confidence)}><b>{words.fault.sure[c]}</b></button>
        ))}
      </div>
    </section>
  );
};

export const FaultForm = () => {
  const app = useApp();
  const { words } = useSpeech();
  const w = words.fault;
  const j = app.judge;
  const open = useSignal<Field | null>(app.classes.terms("modes").length > 0 ? "mode" : "class");
  const fault = j.fault.value;
  const toggle = (f: Field) => () => (open.value = open.value === f ? null : f);
  const set = (field: "mode" | "mechanism" | "cause", id: string | undefined): void => {
    const next: Fault = { ...fault };
    if (id) next[field] = id;
    else delete next[field];
    j.fault.value = next;
    if (id) open.value = order[order.indexOf(field) + 1] ?? null;
  };
  const fields = [["mode", "modes"], ["mechanism", "mechanisms"], ["cause", "causes"]] as const;
  const classId = j.chosen.value ?? j.regions.value.find((r) => r.class)?.class;
  return (
    <div class="form">
      <div class="ft"><h2>{w.title}</h2><span class="cap">{w.hint}</span></div>
      <div class="folds">
        {app.chips().length > 0 && (
          <Fold name={w.class} value={classId ? app.classes.of(classId)?.name ?? classId : w.notSaid} open={open.value === "class"} onOpen={toggle("class")}>
            <ClassOptions onPicked={() => (open.value = "mode")} />
          </Fold>
        )}
        {fields.map(([field, list]) => {
          const terms = app.classes.terms(list);
          if (terms.length === 0) return null;
          return (
            <Fold key={field} name={w[field]} value={terms.find((t) => t.id === fault[field])?.name ?? w.notSaid} open={open.value === field} onOpen={toggle(field)}>
              <Terms terms={terms} held={fault[field]} onPick={(id) => set(field, id)} />
            </Fold>
          );
        })}
        <Fold name={w.note} value={j.comment.value || w.notSaid} open={open.value === "note"} onOpen={toggle("note")}>
          <textarea aria-label={w.note} placeholder={w.notePlaceholder} maxLength={1000} value={j.comment.value} onInput={(e) => (j.comment.value = e.currentTarget.value)} />
        </Fold>
      </div>
      <Sure />
    </div>
  );
};
