// Mode, mechanism and cause are separate fields. One is open at a time; a choice opens the next; nothing here is required.

import { useSignal } from "@preact/signals";
import type { FaultPad } from "../../model/faultpad";
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

const ClassOptions = ({ pad, onPicked }: { pad: FaultPad; onPicked(): void }) => {
  return (
    <div class="opts" role="group">
      {pad.classes().map((c) => (
        <button key={c.id} type="button" class="o pic" aria-pressed={c.id === pad.held.value} onClick={() => pad.pick(c.id) && onPicked()}>
          <Icon name={classIcon(c.icon, c.id)} /><b>{c.name}</b>{c.key && <kbd>{c.key}</kbd>}
        </button>
      ))}
    </div>
  );
};

const Note = ({ pad: { comment } }: { pad: FaultPad }) => {
  const { words: { fault: w } } = useSpeech();
  return <div class="fnote"><textarea aria-label={w.note} placeholder={w.notePlaceholder} maxLength={1000} value={comment.value} onInput={(e) => (comment.value = e.currentTarget.value)} /></div>;
};

const Sure = ({ pad: { confidence: held } }: { pad: FaultPad }) => {
  const { words } = useSpeech();
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
const useSaid = (pad: FaultPad): Record<Field, string | undefined> => {
  const app = useApp();
  const fault = pad.fault.value;
  const name = (f: keyof typeof lists): string | undefined => app.classes.terms(lists[f]).find((t) => t.id === fault[f])?.name;
  const id = pad.said.value;
  return { class: id && (app.classes.of(id)?.name ?? id), mode: name("mode"), mechanism: name("mechanism"), cause: name("cause") };
};

export const FaultForm = ({ pad }: { pad: FaultPad }) => {
  const app = useApp();
  const { words: { fault: w, limits: l } } = useSpeech();
  const whole = useSignal(false);
  const kind = app.classes.equipmentOf(pad.asset.value);
  const narrowed = kind !== "" && !whole.value ? kind : "";
  const offered = order.filter((f) => (f === "class" ? pad.classes().length : app.classes.terms(lists[f]).length) > 0);
  const picked = useSignal<Field | null>(null);
  const open = picked.value ?? offered[0] ?? null;
  const said = useSaid(pad);
  const advance = (from: Field): void => void (picked.value = offered[offered.indexOf(from) + 1] ?? from);
  const set = (field: keyof typeof lists, id: string | undefined): void => {
    const next: Fault = { ...pad.fault.peek() };
    if (id) next[field] = id;
    else delete next[field];
    pad.fault.value = next;
    if (id) advance(field);
  };
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
        {open === "class" && <ClassOptions pad={pad} onPicked={() => advance("class")} />}
        {open && open !== "class" && <Terms terms={app.classes.terms(lists[open], narrowed)} held={pad.fault.value[open]} onPick={(id) => set(open, id)} />}
        {open && open !== "class" && kind && <button type="button" class="btn ghost terms" aria-pressed={whole.value} onClick={() => (whole.value = !whole.value)}>{whole.value ? l.fitting(kind) : l.allTerms}</button>}
      </div>
      <Note pad={pad} />
      <Sure pad={pad} />
    </div>
  );
};
