import { effect, useSignal } from "@preact/signals";
import { useContext, useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ViewMemory } from "../../model/canvas/camera";
import { Clip } from "../../model/canvas/clip";
import { OVERLAY, PICTURE, VECTORS, CLOSE_UP, FURNITURE } from "../../model/canvas/invalidate";
import { download, pngOf } from "../parts/download";
import { GoldenPane } from "./GoldenPane";
import { sameFurniture, type Furniture } from "./furniture";
import { HandleKeys } from "./HandleKeys";
import { Hud } from "./Hud";
import { StageInputs } from "./inputs";
import { StageView, type Props } from "./stageview";
import "./canvas.css";

/** A picture to look at and to draw regions on. See ImageStageProps for what it reads and gives back. */
export function ImageStage(props: Props) {
  const host = useRef<HTMLDivElement>(null);
  const picture = useRef<HTMLCanvasElement>(null);
  const vectors = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const furniture = useSignal<Furniture | null>(null);
  const view = useRef<StageView>(undefined);
  const inputs = useContext(StageInputs);
  const ownViews = useRef<ViewMemory>(new Map());
  const ownClip = useRef(new Clip());

  useLayoutEffect(() => {
    if (!host.current || !picture.current || !vectors.current || !overlay.current) return undefined;
    const parts = { host: host.current, picture: picture.current, vectors: vectors.current, overlay: overlay.current };
    const v = new StageView(parts, props, inputs?.views ?? ownViews.current, inputs?.clip ?? ownClip.current, (f) => {
      if (!furniture.peek() || !sameFurniture(furniture.peek() ?? f, f)) furniture.value = f;
    }, inputs?.ahead);
    view.current = v;
    props.onEditor?.(v.editor);
    const detach = inputs?.canvas(parts.host, v.editor);
    return () => {
      detach?.();
      v.close();
    };
  }, [inputs]);

  useLayoutEffect(() => view.current?.update(props));
  useSignalEffects(view, props);

  const { strings, image, looks } = props;
  const save = async (): Promise<void> => {
    if (view.current) download(await pngOf(view.current.snapshot()), `${[image.part?.partId, image.camera].filter(Boolean).join("-")}.png`);
  };
  const badge = looks?.golden && (looks.beside || looks.cover.value > 0);
  return (
    <>
    <div class="stage" data-stage="canvas" data-tool={props.tool.value} ref={host} tabIndex={0} role="application" aria-label={strings.picture(image.camera, image.part?.partId ?? "")}>
      <canvas class="stage-layer" ref={picture} />
      <canvas class="stage-layer" ref={vectors} />
      <canvas class="stage-layer" ref={overlay} />
      <HandleKeys selected={props.selected} regions={props.regions} strings={strings} editor={() => view.current?.editor} />
      <Hud furniture={furniture} editor={() => view.current?.editor} strings={strings} looks={looks} snap={props.snap} save={() => void save()} />
      {badge && <p class="stage-hint stage-badge">{looks.cover.value === 1 ? strings.good : looks.beside ? strings.part : `${strings.good} | ${strings.part}`}</p>}
    </div>
    {looks?.beside && <GoldenPane view={() => view.current} name={strings.good} />}
    </>
  );
}

/** Draws anew when the page's signals change. */
function useSignalEffects(view: { readonly current: StageView | undefined }, { regions, proposals, selected, tool, looks }: Props): void {
  useEffect(() => effect(() => {
    void looks?.tone.value;
    view.current?.setTone();
  }), [looks]);
  useEffect(() => effect(() => {
    void looks?.zero.value;
    view.current?.invalidate(FURNITURE);
  }), [looks?.zero]);
  useEffect(() => effect(() => {
    void looks?.cover.value;
    view.current?.invalidate(PICTURE);
  }), [looks?.cover]);
  useEffect(() => effect(() => {
    void regions.value;
    view.current?.setScene();
  }), [regions, proposals]);
  useEffect(() => effect(() => {
    void selected.value;
    view.current?.invalidate(VECTORS | OVERLAY | CLOSE_UP | FURNITURE);
  }), [selected]);
  useEffect(() => effect(() => {
    void tool.value;
    view.current?.editor.drop();
  }), [tool]);
}
