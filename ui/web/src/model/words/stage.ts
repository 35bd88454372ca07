// The words of the two stages, made from the dictionary.

import type { CanvasStrings, LaneStrings } from "../stage";
import type { Speech } from "./words";

export const canvasStrings = ({ words, format, lang }: Speech): CanvasStrings => ({
  lang,
  picture: words.stage.picture,
  proposal: (name, score) => words.stage.proposal(name, format.number(score, 2)),
  unclassed: words.stage.unclassed,
  notCalibrated: words.stage.notCalibrated,
  fit: words.stage.fit,
  zoomIn: words.stage.zoomIn,
  zoomOut: words.stage.zoomOut,
  percent: (zoom) => `${format.number(zoom * 100)} %`,
  mm: (v) => `${format.number(v, v < 100 ? 1 : 0)} mm`,
  px: (v) => `${format.number(v)} px`,
  extent: (length, width) => `${length} × ${width}`,
  handle: (side) => words.stage.handle[side],
  remove: words.stage.remove,
  done: words.stage.done,
  tone: words.look.tone,
  compare: words.look.compare,
  good: words.look.good,
  part: words.look.part,
  reading: (value, exact, mm) => `${exact ? "" : "≈ "}${mm === null ? format.number(value) : `${format.number(mm, 3)} mm`}`,
  undo: words.stage.undo,
  brush: words.stage.brush,
  thinner: words.stage.thinner,
  thicker: words.stage.thicker,
  area: (v) => words.stage.area(format.significant(v)),
  hint: words.toolHint,
});

export const laneStrings = ({ words, format, lang }: Speech): LaneStrings => ({
  lang,
  lane: words.lanes.lane,
  number: format.significant,
  moment: (ns) => format.moment(ns / 1e6),
  span: format.span,
  gap: (reason, ms) => `${words.lanes.gap[reason] ?? reason} ${format.span(ms)}`,
  image: words.lanes.image("").trim(),
  noData: words.lanes.noData,
  peakHint: words.lanes.peakHint,
  handle: (side) => words.lanes.handle[side],
  interval: words.lanes.interval,
  unclassed: words.lanes.unclassed,
  fit: words.lanes.fit,
  zoomIn: words.lanes.zoomIn,
  zoomOut: words.lanes.zoomOut,
  remove: words.lanes.remove,
});
