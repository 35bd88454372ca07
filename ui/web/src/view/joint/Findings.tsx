// What was found on the picture and on the signals, in one numbered list. While NG waits for a class, the classes stand here instead.

import { useState } from "preact/hooks";
import { type Finding, findingsOf } from "../../model/findings";
import { extentOf } from "../../model/measure";
import type { Row } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { Chips } from "../judge/Chips";
import { Icon } from "../parts/Icon";
import { Why } from "../Why";

const useText = (item: Row, f: Finding): { head: string; subs: readonly string[] } => {
  const app = useApp();
  const { words, format } = useSpeech();
  const cls = f.region.class ? app.classes.of(f.region.class)?.name ?? f.region.class : f.picture ? words.joint.imageFlagged : words.joint.signalFlagged;
  const image = item.images?.find((i) => i.sha256 === f.region.image);
  if (f.picture) {
    const size = image && extentOf(f.region, image);
    return { head: cls, subs: size ? [`${format.number(size.length, size.unit === "mm" ? 1 : 0)} ${size.unit}`] : [] };
  }
  const { from = 0, to = 0 } = f.region;
  return { head: `${cls} ${format.span((to - from) / 1e6)}`, subs: [`${format.moment(from / 1e6)} – ${format.moment(to / 1e6)}`, words.joint.signals(f.signals)] };
};

/** The key that links a finding with the selected one, on the picture and on the signals. */
const LinkKey = ({ finding: f, chosen }: { finding: Finding; chosen: Finding }) => {
  const { links } = useApp().judge;
  const { words } = useSpeech();
  const on = links.all.value || links.of(chosen.region.id).includes(f.region.id);
  return (
    <button type="button" class="btn linkkey" aria-pressed={on} aria-label={on ? words.picture.link.drop(chosen.n) : words.picture.link.add(chosen.n)} disabled={links.all.value} onClick={() => links.toggle(chosen.region.id, f.region.id)}>
      <Icon name="link" />
    </button>
  );
};

const Entry = ({ item, finding: f, all, onClass }: { item: Row; finding: Finding; all: readonly Finding[]; onClass(): void }) => {
  const { selected, links } = useApp().judge;
  const { words, format } = useSpeech();
  const { head, subs } = useText(item, f);
  const held = selected.value === f.region.id;
  const chosen = all.find((o) => o.region.id === selected.value && o.picture !== f.picture);
  const linked = all.filter((o) => (links.all.value ? o.picture !== f.picture : links.of(f.region.id).includes(o.region.id))).map((o) => o.n);
  const about = linked.length > 0 ? [...subs, words.picture.link.with(format.list(linked.map(String)))] : subs;
  return (
    <div class={`fw${held ? " sel" : ""}`}>
      <button type="button" class="f" aria-pressed={held} onClick={() => (selected.value = held ? null : f.region.id)}>
        <span class={`n num${f.machine ? "" : " h"}`}>{f.n}</span>
        <span class="kv"><b>{head}</b><small class="parts">{about.map((part) => <span key={part} class="num">{part}</span>)}</small></span>
        {!chosen && <span class={f.machine ? "mach" : "mut"}><Icon name={f.picture ? "camera" : "sensor"} /></span>}
      </button>
      {chosen && <LinkKey finding={f} chosen={chosen} />}
      {held && !f.machine && <button type="button" class="btn linkkey" aria-label={words.joint.pickClass} title={words.joint.pickClass} onClick={onClass}><Icon name="book" /></button>}
    </div>
  );
};

export const Findings = ({ item }: { item: Row }) => {
  const { judge: j } = useApp();
  const { words } = useSpeech();
  const [picking, setPicking] = useState<string | null>(null); // the region whose class is changed
  const own = j.regions.value.some((r) => r.id === j.selected.value && (!r.class || r.id === picking));
  const findings = findingsOf(item, j.regions.value).filter((f) => !j.rejected.value.has(f.region.id));
  if (j.armed.value || own || findings.length === 0) {
    const leave = (): void => {
      j.disarm();
      j.selected.value = null;
      setPicking(null);
    };
    return (
      <section class="find pick" aria-label={words.joint.pickClass}>
        <Chips columns={4} />
        {findings.length > 0 && <button type="button" class="btn ghost" aria-label={words.back} onClick={leave}><Icon name="x" /></button>}
      </section>
    );
  }
  const both = findings.some((f) => f.picture) && findings.some((f) => !f.picture);
  return (
    <section class="find" aria-label={words.joint.title}>
      <div class="fl">{findings.map((f) => <Entry key={f.region.id} item={item} finding={f} all={findings} onClass={() => setPicking(f.region.id)} />)}</div>
      <div class="because">
        <Why />
        {both && (
          <button type="button" class="btn one" aria-pressed={j.links.all.value} onClick={() => (j.links.all.value = !j.links.all.value)}>
            <Icon name="link" /><span class="kv"><b>{words.joint.one}</b><small class="hide-s">{words.joint.oneSub}</small></span>
          </button>
        )}
      </div>
    </section>
  );
};
