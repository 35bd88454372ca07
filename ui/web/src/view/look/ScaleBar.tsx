// Under the picture while an admin holds a ruler: its known length makes the camera's scale.

import { useLayoutEffect } from "preact/hooks";
import type { Image } from "../../model/types";
import { useApp, useSpeech } from "../context";

export const ScaleBar = ({ image }: { image: Image }) => {
  const app = useApp();
  const { words, format } = useSpeech();
  const { scale, judge, session } = app;
  const ruler = judge.regions.value.find((r) => r.id === judge.selected.value && r.kind === "measure" && r.image === image.sha256);
  const may = session.person?.role === "admin" && ruler !== undefined;
  useLayoutEffect(() => {
    if (may) void scale.open(image);
  }, [may, image.camera]);
  if (!may) return null;
  const next = scale.mmPerPx(ruler);
  const now = scale.facts.value;
  const from = now?.scale ? words.scale.since(format.date(now.scale.at / 1e6), now.scale.by) : words.scale.configured;
  const said = scale.state.value === "saved" ? words.scale.saved : scale.state.value === "failed" ? words.scale.failed : now?.mmPerPx ? `${format.number(now.mmPerPx, 5)} ${words.scale.unit}, ${from}` : words.stage.notCalibrated;
  return (
    <form class="lookbar scale" onSubmit={(e) => { e.preventDefault(); void scale.save(image, ruler); }}>
      <label class="known"><span class="sm">{words.scale.known}</span>
        <input type="text" inputMode="decimal" size={7} value={scale.known.value} onInput={(e) => scale.type(e.currentTarget.value)} /><span>mm</span></label>
      <span class="kv grow"><b class="num cut">{next === undefined ? image.camera : `${format.number(next, 5)} ${words.scale.unit}`}</b><small class="cut" role="status">{said}</small></span>
      <button type="submit" class="btn pri" disabled={next === undefined || scale.state.value === "saving"}>{words.scale.save}</button>
    </form>
  );
};
