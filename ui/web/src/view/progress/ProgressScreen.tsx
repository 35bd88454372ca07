// Figures about what was judged: one at a time, large, filtered, and to be saved as a picture.

import { useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { type Figure, type Filter, periods } from "../../model/progress";
import type { Stats } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { Header, ToJudge } from "../Header";
import { Icon } from "../parts/Icon";
import { Panel } from "../parts/Panel";
import { Segments } from "../parts/Segments";
import { Chart } from "./Chart";
import { DefectMap } from "./DefectMap";
import { Mine } from "./Mine";
import { Pareto } from "./Pareto";
import { saveFigure } from "./save";
import { Failed } from "../parts/Failed";

const Pick = ({ name, field, options }: { name: string; field: Exclude<keyof Filter, "hours">; options: readonly string[] }) => {
  const { progress } = useApp();
  const { words } = useSpeech();
  const value = progress.filter.value[field];
  if (options.length < 2 && !value) return null; // nothing to choose
  return (
    <label class="pick"><span>{name}</span>
      <select value={value} onChange={(e) => void progress.choose({ [field]: e.currentTarget.value })}>
        <option value="">{words.progress.any}</option>
        {[...new Set(value ? [...options, value] : options)].map((o) => <option key={o} value={o}>{o}</option>)}
      </select>
    </label>
  );
};

const Filters = ({ stats }: { stats: Stats | null }) => {
  const { progress } = useApp();
  const { words } = useSpeech();
  const w = words.progress;
  const figures: Figure[] = ["pareto", "map", "chart", "mine"];
  return (
    <div class="filters queuefilters">
      <Segments label={w.title} value={progress.figure.value} options={figures.map((f) => ({ value: f, text: w.figure[f] }))} onPick={(f) => (progress.figure.value = f)} />
      <Segments label={w.period} value={String(progress.filter.value.hours)} options={periods.map((h) => ({ value: String(h), text: w.hours(h) }))} onPick={(h) => void progress.choose({ hours: Number(h) })} />
      <div class="picks">
        <Pick name={words.line} field="line" options={stats?.lines ?? []} />
        <Pick name={w.station} field="station" options={stats?.stations ?? []} />
        <Pick name={words.asset} field="asset" options={stats?.assets ?? []} />
        <Pick name={words.camera} field="camera" options={stats?.cameras ?? []} />
      </div>
    </div>
  );
};

const Shown = ({ stats }: { stats: Stats }) => {
  const { progress } = useApp();
  const { words: { progress: w } } = useSpeech();
  const figure = progress.figure.value;
  const camera = useSignal("");
  if (figure === "mine") return <Mine mine={stats.mine} />;
  if (figure === "map") {
    const map = stats.maps.find((m) => m.camera === camera.value) ?? stats.maps[0];
    if (!map) return <Panel icon={<Icon name="camera" />} title={w.noRegions} sub={w.emptySub} />;
    return <>{stats.maps.length > 1 && <Segments label={w.figure.map} value={map.camera} options={stats.maps.slice(0, 6).map((m) => ({ value: m.camera, text: m.camera }))} onPick={(c) => (camera.value = c)} />}<DefectMap map={map} /></>;
  }
  if (stats.judged === 0) return <Panel icon={<Icon name="book" />} title={w.empty} sub={w.emptySub} />;
  if (figure === "chart") return stats.groups.length ? <Chart stats={stats} /> : <Panel icon={<Icon name="book" />} title={w.empty} sub={w.emptySub} />;
  return stats.classes.length ? <Pareto stats={stats} /> : <Panel icon={<Icon name="check" />} title={w.noDefects} />;
};

export const ProgressScreen = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const w = words.progress;
  const p = app.progress;
  const stats = p.stats.value;
  const box = useRef<HTMLDivElement>(null);
  const said = useSignal("");
  const save = async (kind: "png" | "svg"): Promise<void> => {
    const figure = box.current?.querySelector<SVGSVGElement>("svg.figure");
    if (!figure) return;
    const name = `edgelabel-${p.figure.peek()}-${format.date(app.clock.peek())}`;
    said.value = await saveFigure(figure, name, kind).then(() => w.saved(`${name}.${kind}`), () => w.saveFailed);
  };
  const drawable = stats !== null && p.figure.value !== "mine";
  return (
    <div class="shell plain">
      <Header facts={[{ name: words.brand, value: w.title, main: true }, { name: w.inPeriod, value: stats ? w.counted(format.number(stats.items), format.number(stats.judged)) : "" }]}><ToJudge /></Header>
      <main class="historypage progresspage">
        <Filters stats={stats} />
        <div class="charts" ref={box} aria-busy={p.loading.value}>
          {stats && <Shown stats={stats} />}
          {!stats && p.trouble.value && <Failed title={w.failed} sub={words.problem[p.trouble.value]} onRetry={() => void p.read()} />}
          {p.loading.value && <i class="progress" />}
        </div>
        <footer class="csave">
          <p role="status">{said.value || (stats?.more ? w.older : "")}</p>
          {drawable && <><span class="mut">{w.save}</span><button type="button" class="btn big" onClick={() => void save("png")}>{w.png}</button><button type="button" class="btn big" onClick={() => void save("svg")}>{w.svg}</button></>}
        </footer>
      </main>
    </div>
  );
};
