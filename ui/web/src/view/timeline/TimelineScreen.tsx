// Days of one asset's signals with its items in the strip; a person marks what no detector flagged and says at once what it is.

import { useMemo } from "preact/hooks";
import { spans } from "../../model/timeline/timeline";
import { laneStrings } from "../../model/words/stage";
import { useApp, useSpeech } from "../context";
import { Header } from "../Header";
import { LaneStage } from "../lanes/LaneStage";
import { Icon } from "../parts/Icon";
import { Panel } from "../parts/Panel";
import { Segments } from "../parts/Segments";
import { Chosen } from "./Chosen";
import { Index } from "./Index";
import { NewFault } from "./NewFault";
import { Failed } from "../parts/Failed";

const nobody: never[] = [];

const Lead = () => {
  const { timeline: t } = useApp();
  const { words: { timeline: w } } = useSpeech();
  return (
    <Segments label={w.spanLabel} value={String(t.span.value)} options={spans.map((s, i) => ({ value: String(s), text: w.spans[i] ?? "" }))} onPick={(s) => void t.zoom(Number(s))} />
  );
};

const Lanes = () => {
  const app = useApp();
  const speech = useSpeech();
  const t = app.timeline;
  const { words: { timeline: w }, format } = speech;
  const strings = useMemo(() => ({ ...laneStrings(speech), moment: (ns: number) => `${format.dayAndTime(ns / 1e6)}:${format.clock(ns / 1e6).slice(-2)}` }), [speech]);
  const lead = useMemo(() => <Lead />, []);
  const view = t.view.value;
  const busy = t.loading.value;
  if (t.trouble.value && !busy) return <div class="lanes wait"><Failed title={w.broken} sub={speech.words.problem[t.trouble.value]} onRetry={() => void t.open()} /></div>;
  if (!view && !busy) return <div class="lanes wait"><Panel icon={<Icon name="sensor" />} title={w.nothing} sub={w.nothingSub} /></div>;
  return (
    <div class="lanes" aria-busy={busy}>
      {view && (
        <LaneStage
          window={view} candidates={nobody} fixed={t.bands.value} regions={t.mark.regions} selected={t.mark.selected} confirmed={false} intervalsOnly lead={lead} ways={app.prefs} spectra
          classOf={(id) => app.classes.of(id)} strings={strings} load={(from, to, n) => t.detail(from, to, n)} onCommit={(regions) => t.marked(regions)}
        />
      )}
      {busy && <i class="progress" role="progressbar" aria-label={w.loading} />}
    </div>
  );
};

export const TimelineScreen = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const t = app.timeline;
  const bands = t.bands.value;
  const open = bands.filter((b) => b.open).length;
  const from = t.end.value - t.span.value;
  const facts = [
    { name: words.asset, value: t.asset.value || words.timeline.noAsset, main: true },
    { name: words.timeline.candidates, value: words.timeline.open(open, bands.length - open) },
    { name: words.timeline.range, value: `${format.dayAndTime(from)} – ${format.dayAndTime(t.end.value)}`, wide: true },
  ];
  const chosen = t.chosen.value;
  return (
    <div class="shell timeline">
      <Header facts={facts} />
      <main class="pane signals"><Lanes /></main>
      <aside class="side fault">{chosen ? <Chosen row={chosen} /> : t.mark.region.value ? <NewFault stretch={t.mark.region.value} /> : <Index />}</aside>
    </div>
  );
};
