// Frequencies of the selected stretch, else of what is shown, below the lanes.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Lane } from "../../model/lanes/data";
import type { Span } from "../../model/lanes/time";
import { BAND } from "../../model/waves/envelope";
import { WaveDesk, type How, type Shown } from "../../model/waves/desk";
import type { KeptSpectrum, SeriesBlock } from "../../model/types";
import { useSpeech } from "../context";
import { readInk, watchInk } from "../canvas/ink";
import { Layer, watchSize } from "../canvas/layer";
import { Segments } from "../parts/Segments";
import { Reckoner } from "./reckoner";
import { drawSpectrogram, drawSpectrum, frameOf, type Frame } from "./draw";
import "./waves.css";

interface Props {
  lanes: readonly Lane[];
  base: number; // UTC ns
  span: Span; // ms since base
  prefer: string | undefined; // the signal to begin with
  kept: KeptSpectrum | undefined; // with the candidate
  load(from: number, to: number, n: number): Promise<SeriesBlock>;
}

const REST = 250; // ms that the stretch must rest before it is looked at

const useDesk = ({ base, lanes, prefer, kept, span, load }: Props): WaveDesk => {
  const loader = useRef(load);
  loader.current = load;
  const [rig] = useState(() => {
    const reckoner = new Reckoner();
    const desk = new WaveDesk(base, { load: (from, to, n) => loader.current(from, to, n), ask: (q) => reckoner.ask(q) });
    desk.tag.value = prefer ?? lanes[0]?.tag ?? "";
    if (kept) desk.how.value = "kept";
    return { desk, reckoner };
  });
  useEffect(() => () => rig.reckoner.close(), [rig]);
  const { desk } = rig;
  const [tag, how] = [desk.tag.value, desk.how.value];
  useEffect(() => {
    desk.kept.value = kept;
    if (!kept && desk.how.peek() === "kept") desk.how.value = "spectrum";
    const timer = setTimeout(() => void desk.show(span), REST);
    return () => clearTimeout(timer);
  }, [desk, tag, how, kept, span.from, span.to]);
  return desk;
};

const Figure = ({ desk, shown }: { desk: WaveDesk; shown: Shown }) => {
  const { words: { waves: w }, format } = useSpeech();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<Frame>(undefined);
  const cursor = desk.cursor.value;
  const top = shown.spectrum ? shown.spectrum.step * (shown.spectrum.rms.length - 1) : (shown.spectrogram?.step ?? 0) * (shown.spectrogram?.bins ?? 0);
  useEffect(() => {
    if (!box.current || !canvas.current) return undefined;
    const layer = new Layer(canvas.current);
    const host = box.current;
    const draw = (): void => {
      if (host.clientWidth === 0) return;
      const ink = readInk(host);
      const f = (frame.current = frameOf(host.clientWidth, host.clientHeight, ink));
      const g = layer.begin();
      if (shown.spectrum) drawSpectrum(g, f, { ...shown.spectrum, unit: shown.unit, lines: shown.kept?.lines ?? [] }, cursor, format.significant, ink);
      if (shown.spectrogram) drawSpectrogram(g, f, shown.spectrogram, shown.rate, cursor, format.significant, ink);
    };
    const stops = [watchInk(draw), watchSize(host, (size, dpr) => (layer.resize(size, dpr), draw()))];
    return () => stops.forEach((stop) => stop());
  }, [shown, cursor, format]);
  const point = (e: PointerEvent): void => {
    const f = frame.current;
    const at = canvas.current?.getBoundingClientRect();
    if (!f || !at || e.buttons === 0) return;
    const part = shown.spectrogram ? 1 - (e.clientY - at.top) / (f.h - f.bottom) : (e.clientX - at.left - f.left) / (f.w - f.left - 6);
    desk.cursor.value = Math.max(0, Math.min(1, part)) * top;
  };
  const label = format.list(desk.lines().map((l) => `${l.name} ${w.reading(format.significant(l.hz), `${format.significant(l.rms)} ${shown.unit}`)}`));
  return <div class="wave-figure" ref={box}><canvas ref={canvas} role="img" aria-label={`${w.how[desk.how.value]}. ${label}`} onPointerDown={point} onPointerMove={point} /></div>;
};

const About = ({ desk, shown }: { desk: WaveDesk; shown: Shown }) => {
  const { words: { waves: w }, format } = useSpeech();
  const n = format.significant;
  const { kept } = shown;
  if (kept) return <p class="wave-about num"><span>{format.list([w.keptAt(format.moment(kept.at / 1e6)), kept.envelope && w.ofEnvelope, w.step(n(kept.step))])}</span></p>;
  const parts = [
    shown.spectrum ? w.about(shown.spectrum.window, shown.spectrum.windows, n(shown.spectrum.step)) : w.gram(shown.spectrogram?.window ?? 0),
    ...(desk.how.value === "envelope" ? [w.band(n(BAND[0] * shown.rate), n(BAND[1] * shown.rate))] : []),
    w.rate(n(shown.rate), format.span(shown.span.to - shown.span.from)),
    ...(shown.cut ? [w.cut] : []),
  ];
  return <p class="wave-about num"><span class="cut">{parts.join(" · ")}</span>{shown.uneven && <b class="warn">{w.uneven}</b>}</p>;
};

const Lines = ({ desk, shown }: { desk: WaveDesk; shown: Shown }) => {
  const { words: { waves: w }, format } = useSpeech();
  const s = shown.spectrum;
  const cursor = desk.cursor.value;
  const said = (hz: number, rms: number): string => w.reading(format.significant(hz), `${format.significant(rms)} ${shown.unit}`);
  const lines = desk.lines();
  return (
    <div class="wave-lines num">
      <small>{lines.some((l) => l.name) ? w.parts : w.peaks}</small>
      {lines.map((l) => <button key={l.hz} type="button" class="btn" aria-pressed={cursor === l.hz} onClick={() => (desk.cursor.value = cursor === l.hz ? null : l.hz)}>{l.name} {said(l.hz, l.rms)}</button>)}
      {cursor !== null && s && <b>{said(cursor, s.rms[Math.round(cursor / s.step)] ?? 0)} <small>{w.harmonics}</small></b>}
    </div>
  );
};

export const WavePanel = (props: Props) => {
  const { words: { waves: w } } = useSpeech();
  const desk = useDesk(props);
  const [shown, trouble] = [desk.shown.value, desk.trouble.value];
  const ways: How[] = [...(props.kept ? ["kept" as const] : []), "spectrum", "envelope", "spectrogram"];
  return (
    <section class="wave-panel" aria-label={w.title} aria-busy={desk.busy.value}>
      <div class="wave-bar">
        <Segments label={w.title} value={desk.how.value} options={ways.map((value) => ({ value, text: w.how[value] }))} onPick={(how) => (desk.how.value = how)} />
        {desk.how.value !== "kept" && <select aria-label={w.signal} value={desk.tag.value} onChange={(e) => (desk.tag.value = e.currentTarget.value)}>
          {props.lanes.map((l) => <option key={l.tag} value={l.tag}>{l.name}</option>)}
        </select>}
        {shown && <About desk={desk} shown={shown} />}
      </div>
      {shown && <Figure desk={desk} shown={shown} />}
      {shown?.spectrum && <Lines desk={desk} shown={shown} />}
      {!shown && trouble && <p class="wave-none"><b>{trouble === "few" ? w.few : w.failed}</b>{trouble === "few" && <small>{w.fewSub}</small>}</p>}
      {desk.busy.value && <i class="progress" />}
    </section>
  );
};
