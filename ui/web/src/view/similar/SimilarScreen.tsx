// Places like a labelled one, as a grid: a tap accepts one, a tap more does not; one key labels them, one takes all back.

import { useEffect, useState } from "preact/hooks";
import { shortOf } from "../../model/naming";
import { classesOf } from "../../model/review";
import type { Alike, Look, Tile } from "../../model/similar/desk";
import { useApp, useSpeech } from "../context";
import { Header, ToJudge } from "../Header";
import { Crop } from "../parts/Crop";
import { Icon, Mark } from "../parts/Icon";
import { Panel } from "../parts/Panel";
import "./similar.css";
import { Failed } from "../parts/Failed";

const useLook = (alike: Alike): Look => {
  const desk = useApp().similar;
  const [look, set] = useState<Look>(undefined);
  useEffect(() => {
    let gone = false;
    void desk.look(alike).then((l) => gone || set(l));
    return () => void (gone = true);
  }, [alike]);
  return look;
};

/** The picture with the region in it, or the signal with the stretch on it. */
const Shown = ({ alike }: { alike: Alike }) => {
  const look = useLook(alike);
  if (!look) return <span class="slook" />;
  if ("path" in look) {
    return (
      <span class="slook trace">
        <svg viewBox="0 0 100 60" preserveAspectRatio="none" aria-hidden="true"><rect x={look.from} y="0" width={look.to - look.from} height="60" /><path d={look.path} /></svg>
      </span>
    );
  }
  const { image } = look;
  return <span class="slook"><Crop sha256={image.sha256} width={image.width} height={image.height} rect={alike.rect} /></span>;
};

const Entry = ({ tile }: { tile: Tile }) => {
  const app = useApp();
  const { words, format } = useSpeech();
  const w = words.similar;
  const { alike, judged, accepted } = tile;
  const at = alike.from ? format.dayAndTime(alike.from / 1e6) : (alike.item ?? "").slice(-6);
  const said = judged ? w.judged(format.list([words.verdict[alike.verdict], ...app.classes.names(alike.classes)])) : accepted ? w.accepted : w.open;
  return (
    <button type="button" class={`stile${accepted ? " yes" : ""}${judged ? " off" : ""}`} aria-pressed={accepted} aria-disabled={judged} onClick={() => app.similar.toggle(tile)}>
      <Shown alike={alike} />
      <span class="scap"><span class="kv"><b class="num cut">{at}</b><small class="num cut">{w.distance(format.number(alike.distance, 2))}</small></span><span class="ssaid">{judged ? <Mark shape={alike.verdict} /> : <Icon name={accepted ? "check" : "plus"} />}<small>{said}</small></span></span>
    </button>
  );
};

const Foot = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const w = words.similar;
  const { done, busy, accepted, trouble, source, found } = app.similar;
  const failed = found.value && trouble.value && trouble.value !== "nothing" ? trouble.value : null; // a search that failed says so above
  const label = source.value?.label;
  const made = done.value;
  if (made && !made.undone) {
    return <footer class="sfoot"><p role="status"><Icon name="check" /> {w.done(made.labeled.length, made.skipped.length)}</p><button type="button" class="btn big" data-undo aria-disabled={busy.value} onClick={() => void app.similar.takeBack()}><Icon name="undo" />{w.undo}</button></footer>;
  }
  const n = accepted.value.length;
  const what = label ? format.list([words.verdict[label.verdict], ...app.classes.names(classesOf(label))]) : "";
  return (
    <footer class="sfoot">
      <p role="status" class={failed ? "bad" : "mut"}>{failed ? `${w.failedSave}: ${words.problem[failed]}` : made?.undone ? w.undone : w.hint}</p>
      <button type="button" class="btn big" onClick={() => app.similar.all(n === 0)}>{n === 0 ? w.all : w.clear}</button>
      <button type="button" class={n === 0 || busy.value ? "btn big pri off" : "btn big pri"} data-give aria-disabled={n === 0 || busy.value} onClick={() => n > 0 && void app.similar.spread()}>{w.give(n, what)}</button>
    </footer>
  );
};

const Body = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const w = words.similar;
  const { source, found, trouble, tiles } = app.similar;
  const from = source.value;
  if (!from || !found.value) {
    if (trouble.value === "nothing") return <Panel icon={<Icon name="eye" />} title={w.nothing} sub={w.nothingSub} />;
    if (trouble.value === "invalid") return <Panel icon={<Icon name="eye" />} title={w.nothing} sub={w.flat} />;
    if (trouble.value) return <Failed title={w.failed} sub={words.problem[trouble.value]} onRetry={from ? () => void app.similar.open(from.row.id) : undefined} />;
    return <div class="blank"><i class="progress" role="progressbar" aria-label={w.searching} /><p class="mut">{w.searching}</p></div>;
  }
  const f = found.value;
  return (
    <>
      <p class="sabout num mut">{format.list([w.searched(format.number(f.searched), format.dayAndTime(f.since / 1e6)), !f.complete && w.partial])}</p>
      {tiles.value.length === 0 ? <Panel icon={<Icon name="eye" />} title={w.none} /> : <div class="sgrid">{tiles.value.map((t) => <Entry key={t.key} tile={t} />)}</div>}
    </>
  );
};

export const SimilarScreen = () => {
  const app = useApp();
  const { words } = useSpeech();
  const w = words.similar;
  const from = app.similar.source.value;
  return (
    <div class="shell plain">
      <Header facts={[{ name: words.brand, value: w.title, main: true }, { name: w.source, value: from ? shortOf(from.row) : "" }]}><ToJudge /></Header>
      <main class="similarpage"><div class="sbody"><Body /></div>{app.similar.found.value && <Foot />}</main>
    </div>
  );
};
