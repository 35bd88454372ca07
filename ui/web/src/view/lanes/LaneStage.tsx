import { effect, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useContext, useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { LaneStageProps } from "../../model/stage";
import { StageInputs } from "../canvas/inputs";
import { EdgeKeys } from "./EdgeKeys";
import { sameGutter, type Gutter } from "./gutter";
import { LaneBar } from "./LaneBar";
import { LaneGutter } from "./LaneGutter";
import { LaneView } from "./laneview";
import { lazy } from "../lazy";
import "../canvas/canvas.css";
import "./lanes.css";

const WavePanel = lazy(() => import("../waves/WavePanel").then((m) => m.WavePanel));

/** Signals on one time axis, to look at and to mark. See LaneStageProps for what it reads and gives back. */
export function LaneStage(props: LaneStageProps<ComponentChildren>) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<HTMLDivElement>(null);
  const traces = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const gutter = useSignal<Gutter | null>(null);
  const spectra = useSignal(props.kept !== undefined);
  void props.ways?.together.value; // drawn again when it changes
  const view = useRef<LaneView>(undefined);
  const inputs = useContext(StageInputs);

  useLayoutEffect(() => {
    if (!host.current || !plot.current || !traces.current || !overlay.current) return undefined;
    const parts = { host: host.current, plot: plot.current, traces: traces.current, overlay: overlay.current };
    const v = new LaneView(parts, props, (g) => {
      if (!sameGutter(gutter.peek(), g)) gutter.value = g;
    });
    view.current = v;
    const detach = inputs?.lanes({ host: parts.host, plot: parts.plot }, v.editor);
    return () => {
      detach?.();
      v.close();
    };
  }, [inputs, props.window]);

  useLayoutEffect(() => view.current?.update(props));
  useEffect(() => effect(() => {
    void props.regions.value;
    view.current?.setMarks();
  }), [props.regions, props.window]);
  useEffect(() => effect(() => {
    void props.selected.value;
    view.current?.select();
  }), [props.selected, props.window]);

  const { strings } = props;
  const editor = () => view.current?.editor;
  const g = gutter.value;
  return (
    <div class="lane-stage" data-stage="lanes" data-mode={g?.mode ?? "look"} ref={host} tabIndex={0} role="application" aria-label={g?.range}>
      {g && <LaneBar gutter={g} strings={strings} intervalsOnly={props.intervalsOnly ?? false} lead={props.lead} ways={props.ways} compare={props.compare} spectra={props.spectra ? spectra : undefined} editor={editor} />}
      {props.compare?.words && <p class="lane-note" role="status">{props.normal && <i />}{props.compare.words}</p>}
      <div class="lane-body">
        {g && <LaneGutter gutter={g} strings={strings} editor={editor} />}
        <div class="lane-plot" ref={plot}>
          <canvas class="stage-layer" ref={traces} />
          <canvas class="stage-layer" ref={overlay} />
          <EdgeKeys shown={g?.canRemove ?? false} strings={strings} editor={editor} />
        </div>
      </div>
      {g && spectra.value && view.current && <WavePanel lanes={view.current.editor.data.lanes} base={view.current.editor.data.base} span={g.span} prefer={g.rows.find((r) => r.belongs)?.tag} kept={props.kept} load={props.load} />}
    </div>
  );
}
