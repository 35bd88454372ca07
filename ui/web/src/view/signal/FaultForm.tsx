// Mode, mechanism and cause are separate fields. One is open at a time; a choice opens the next; nothing here is required.

import { useSignal } from "@preact/signals";
import type { TermView } from "../../model/taxonomy";
import type { Confidence, Fault } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { classIcon, Icon } from "../parts/Icon";

type Field = "class" | "mode" | "mechanism" | "cause";
const order: readonly Field[] = ["class", "mode", "mechanism", "cause"];
const lists = { mode: "modes", mechanism: "mechanisms", cause: "causes" } as const;

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

const ClassOptions = ({ held, onPicked }: { held: string | undefined; onPicked(): void }) => {
  const app = useApp();
  return (
    <div class="opts" role="group">
      {app.chips().map((c) => (
        <button key={c.id} type="button" class="o pic" aria-pressed={c.id === held} onClick={() => (app.judge.armed.value ? app.judge.pick(c.id) : (app.judge.choose(c.id), onPicked()))}>
          <Icon name={classIcon(c.icon, c.id)} /><b>{c.name}</b>{c.key && <kbd>{c.key}</kbd>}
        </button>
      ))}
    </div>
  );
};

const Note = () => {
  const { comment } = useApp().judge;
  const { words: { fault: w } } = useSpeech();
  return <div class="fnote"><textarea aria-label={w.note} placeholder={w.notePlaceholder} maxLength={1000} value={comment.value} onInput={(e) => (comment.value = e.currentTarget.value)} /></div>;
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

/** What each field says now, as a name; undefined where nothing was said. */
const useSaid = (): Record<Field, string | undefined> => {
  const app = useApp();
  const fault = app.judge.fault.value;
  const name = (f: keyof typeof lists): string | undefined => app.classes.terms(lists[f]).find((t) => t.id === fault[f])?.name;
  const { chosen, regions, selected } = app.judge;
  const id = chosen.value ?? (regions.value.find((r) => r.id === selected.value) ?? regions.value.find((r) => r.class))?.class;
  return { class: id && (app.classes.of(id)?.name ?? id), mode: name("mode"), mechanism: name("mechanism"), cause: name("cause") };
};

export const FaultForm = () => {
  const app = useApp();
  const { words: { fault: w } } = useSpeech();
  const j = app.judge;
  const offered = order.filter((f) => (f === "class" ? app.chips().length : app.classes.terms(lists[f]).length) > 0);
  const picked = useSignal<Field | null>(null);
  const open = picked.value ?? offered[0] ?? null;
  const said = useSaid();
  const advance = (from: Field): void => void (picked.value = offered[offered.indexOf(from) + 1] ?? from);
  const set = (field: keyof typeof lists, id: string | undefined): void => {
    const next: Fault = { ...j.fault.peek() };
    if (id) next[field] = id;
    else delete next[field];
    j.fault.value = next;
    if (id) advance(field);
  };
  const held = j.chosen.value ?? j.regions.value.find((r) => r.id === j.selected.value)?.class;
  return (
    <div class="form">
      <div class="ft"><h2>{w.title}</h2><span class="cap">{w.hint}</span></div>
      <div class="ftabs" role="tablist">
        {offered.map((f) => (
          <button key={f} type="button" role="tab" class={said[f] ? "ftab" : "ftab unsaid"} aria-selected={open === f} onClick={() => (picked.value = f)}>
            <small>{w[f]}</small><b class="cut">{said[f] ?? w.notSaid}</b>
          </button>
        ))}
      </div>
      <div class="fpanel" role="tabpanel">
        {open === "class" && <ClassOptions held={held} onPicked={() => advance("class")} />}
        {open && open !== "class" && <Terms terms={app.classes.terms(lists[open])} held={j.fault.value[open]} onPick={(id) => set(open, id)} />}
      </div>
      <Note />
      <Sure />
    </div>
  );
};
