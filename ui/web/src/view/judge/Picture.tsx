// The picture stage with its loading and broken states.

import { useMemo } from "preact/hooks";
import { numbersOf } from "../../model/findings";
import { sourceOf } from "../../model/pictures";
import { onImage, proposalsOf } from "../../model/proposals";
import { canvasStrings } from "../../model/words/stage";
import type { Image, Row } from "../../model/types";
import { ImageStage } from "../canvas/ImageStage";
import { useApp, useSpeech } from "../context";
import { lazy } from "../lazy";
import { useLooks } from "../look/looks";
import { Icon } from "../parts/Icon";
import { Panel } from "../parts/Panel";

// What somebody asks for while judging, and not every time.
const GoldenBar = lazy(() => import("../look/GoldenBar").then((m) => m.GoldenBar));
const ToneBar = lazy(() => import("../look/ToneBar").then((m) => m.ToneBar));
const ScaleBar = lazy(() => import("../look/ScaleBar").then((m) => m.ScaleBar));

interface Props { item: Row; image: Image; onCloseUp?(canvas: HTMLCanvasElement): void }

const Broken = () => {
  const app = useApp();
  const { words } = useSpeech();
  return (
    <Panel dark icon={<Icon name="alert" />} title={words.stage.broken} sub={words.stage.brokenSub}>
      <button type="button" class="btn" onClick={() => app.judge.attempt.value++}>{words.retry}</button>
      <button type="button" class="btn" onClick={() => app.skip()}>{words.skip}</button>
    </Panel>
  );
};

export const Picture = ({ item, image, onCloseUp }: Props) => {
  const app = useApp();
  const speech = useSpeech();
  const { words } = speech;
  const j = app.judge;
  const src = useMemo(() => sourceOf(image, app.base), [image.sha256]);
  const strings = useMemo(() => canvasStrings(speech), [speech]);
  const state = j.loads.value[image.sha256] ?? "loading";
  const looks = useLooks(image);
  const rejected = j.rejected.value;
  const proposals = useMemo(() => proposalsOf(item).filter((r) => onImage(r) && r.image === image.sha256), [item, image.sha256]);
  return (
    <div class="view" aria-busy={state !== "ready"}>
      <div class="photo">
      <ImageStage
        key={`${item.id}/${image.sha256}`}
        image={image}
        src={src}
        regions={j.regions}
        proposals={proposals}
        rejected={rejected}
        confirmed={j.armed.value}
        selected={j.selected}
        tool={j.tool}
        {...(item.kind === "joint" ? { numbers: numbersOf(item, j.regions.value) } : {})}
        classOf={(id) => app.classes.of(id)}
        strings={strings}
        onCommit={(regions) => j.setRegions(regions)}
        viewportKey={image.camera}
        attempt={j.attempt.value}
        next={() => {
          const then = app.queue.ahead(item.id, 1)[0]?.images?.[0];
          return then && sourceOf(then, app.base);
        }}
        onLoad={(s) => j.loaded(image.sha256, s)}
        looks={looks}
        snap={app.prefs.magnet}
        onEditor={(e) => (j.stage.value = e)}
        {...(onCloseUp ? { onCloseUp } : {})}
      />
      </div>
      {app.session.person?.role === "admin" && <ScaleBar image={image} />}
      {looks.panel === "tone" && <ToneBar />}
      {looks.panel === "golden" && <GoldenBar />}
      {(state === "loading" || state === "preview") && <i class="progress" role="progressbar" aria-label={words.stage.loading(image.name ?? "")} />}
      {state === "error" && <Broken />}
    </div>
  );
};
