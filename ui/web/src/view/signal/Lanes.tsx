// The signal lanes of an item with their loading and broken states.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { numbersOf } from "../../model/findings";
import type { WindowView } from "../../model/stage";
import { keptOf } from "../../model/waves/kept";
import type { Row } from "../../model/types";
import { laneStrings } from "../../model/words/stage";
import { useApp, useSpeech } from "../context";
import { LaneStage } from "../lanes/LaneStage";
import { useNormal } from "./normal";
import { Failed } from "../parts/Failed";

type Loaded = { window: WindowView } | "loading" | "broken";

const useWindow = (item: Row): [Loaded, () => void] => {
  const app = useApp();
  const [loaded, set] = useState<Loaded>("loading");
  const [attempt, again] = useState(0);
  const shown = useRef("");
  useEffect(() => {
    let gone = false;
    if (shown.current !== item.id) set("loading"); // a newer state of the same window replaces it in place
    shown.current = item.id;
    app.prefetch.series(item).then(
      (b) => gone || set({ window: { base: b.base, from: b.from, to: b.to, tags: item.window?.tags ?? b.traces.map((t) => t.tag), traces: b.traces, gaps: b.gaps } }),
      () => gone || set((old) => (typeof old === "object" && shown.current === item.id && attempt === 0 ? old : "broken")),
    );
    return () => void (gone = true);
  }, [item.id, item.rev, attempt]);
  return [loaded, () => again((n) => n + 1)];
};

export const Lanes = ({ item }: { item: Row }) => {
  const app = useApp();
  const speech = useSpeech();
  const { words } = speech;
  const j = app.judge;
  const strings = useMemo(() => laneStrings(speech), [speech]);
  const [loaded, retry] = useWindow(item);
  const { normal, compare } = useNormal(item, typeof loaded === "object" ? loaded.window : undefined);
  if (loaded === "loading") return <div class="lanes wait"><i class="progress" role="progressbar" aria-label={words.lanes.loading} /></div>;
  if (loaded === "broken") {
    return (
      <div class="lanes wait">
        <Failed title={words.lanes.broken} onRetry={retry} />
      </div>
    );
  }
  const shown = item.images?.find((i) => i.sha256 === j.shown.value) ?? item.images?.[0];
  const moment = shown && (shown.taken ?? shown.received);
  return (
    <div class="lanes">
      <LaneStage
        key={item.id}
        window={loaded.window}
        candidates={(item.candidates ?? []).filter((c) => (c.tags?.length ?? 0) > 0)}
        rejected={j.rejected.value}
        regions={j.regions}
        selected={j.selected}
        {...(item.kind === "joint" ? { numbers: numbersOf(item, j.regions.value) } : {})}
        confirmed={j.armed.value}
        {...(moment ? { moment } : {})}
        classOf={(id) => app.classes.of(id)}
        strings={strings}
        load={(from, to, n) => app.series(item, from, to, n)}
        ways={app.prefs}
        normal={normal}
        compare={compare}
        spectra
        kept={keptOf(item.candidates ?? [], j.selected.value)}
        onCommit={(regions) => j.setRegions(regions)}
      />
    </div>
  );
};
