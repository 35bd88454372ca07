// Under the picture while an admin holds the ruler: a known length on it, or a checkerboard, makes the camera's scale.

import { useLayoutEffect } from "preact/hooks";
import type { Image, Region } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { Segments } from "../parts/Segments";

/** What stands beside the new scale: what was found, why nothing was, or what holds now. */
const useSaid = (image: Image): string => {
  const { scale } = useApp();
  const { words, format } = useSpeech();
  const w = words.picture.board;
  const board = scale.board.value;
  const now = scale.facts.value;
  switch (scale.state.value) {
    case "finding": return w.finding;
    case "saved": return words.scale.saved;
    case "failed": return scale.how.value === "checkerboard" && !board ? w.failed : words.scale.failed;
  }
  if (board?.refused) return w.refused[board.refused] ?? board.refused;
  if (board) return `${w.size(board.columns, board.rows)} · ${w.spread(format.number(100 * (board.spread ?? 0), 2))}`;
  if (!now?.mmPerPx) return scale.how.value === "checkerboard" ? w.hint : words.stage.notCalibrated;
  const from = now.scale ? words.scale.since(format.date(now.scale.at / 1e6), now.scale.by) : words.scale.configured;
  return image.camera === now.name ? `${format.number(now.mmPerPx, 5)} ${words.scale.unit}, ${from}` : "";
};

const Bar = ({ image, ruler }: { image: Image; ruler: Region | undefined }) => {
  const { scale } = useApp();
  const { words, format } = useSpeech();
  const w = words.picture.board;
  const said = useSaid(image);
  const byBoard = scale.how.value === "checkerboard";
  const next = scale.mmPerPx(ruler);
  const finds = byBoard && next === undefined;
  const busy = scale.state.value === "saving" || scale.state.value === "finding";
  const submit = (e: Event): void => {
    e.preventDefault();
    void (finds ? scale.find(image) : scale.save(image, ruler));
  };
  return (
    <form class="lookbar scale" onSubmit={submit}>
      <Segments label={words.scale.save} value={scale.how.value} options={[{ value: "ruler", text: w.ruler }, { value: "checkerboard", text: w.board }]} onPick={(how) => scale.choose(how)} />
      <label class="known"><span class="sm">{byBoard ? w.square : words.scale.known}</span>
        <input type="text" inputMode="decimal" size={6} value={scale.known.value} onInput={(e) => scale.type(e.currentTarget.value)} /><span>mm</span></label>
      {!byBoard && <button type="button" class="btn" aria-pressed={scale.datum.value} title={w.datumHint} onClick={() => (scale.datum.value = !scale.datum.value)}>{w.datum}</button>}
      <span class="kv grow"><b class="num cut">{next === undefined ? image.camera : `${format.number(next, 5)} ${words.scale.unit}`}</b><small role="status" title={said}>{said}</small></span>
      <button type="submit" class="btn pri" disabled={busy || (finds ? scale.length === undefined : next === undefined)}>{finds ? w.find : words.scale.save}</button>
    </form>
  );
};

export const ScaleBar = ({ image }: { image: Image }) => {
  const { scale, judge } = useApp();
  const ruler = judge.regions.value.find((r) => r.id === judge.selected.value && r.kind === "measure" && r.image === image.sha256);
  const asked = ruler !== undefined || judge.tool.value === "measure";
  useLayoutEffect(() => {
    if (asked) void scale.open(image);
  }, [asked, image.sha256]);
  return asked ? <Bar image={image} ruler={ruler} /> : null;
};
