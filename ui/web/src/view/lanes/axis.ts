import type { LaneEditor } from "../../model/lanes/editor";
import { laneTop } from "../../model/lanes/layout";
import { yOf } from "../../model/lanes/scale";
import type { Tick } from "../../model/lanes/ticks";
import { toNs } from "../../model/lanes/time";
import type { LaneStrings } from "../../model/stage";
import type { Ink } from "../canvas/ink";

/** Tick words below the lanes. */
export function drawTicks(g: CanvasRenderingContext2D, editor: LaneEditor, ticks: readonly Tick[], ink: Ink): void {
  const { axis } = editor;
  const { layout } = axis;
  const top = layout.height - layout.axis;
  g.fillStyle = ink.colour("--line");
  g.fillRect(0, top, layout.width, 1);
  g.font = `400 ${ink.size.xxs}px ${ink.font}`;
  g.textAlign = "left";
  g.textBaseline = "middle";
  for (const t of ticks) {
    const x = Math.round(axis.x(t.t));
    g.fillStyle = ink.colour("--line-strong");
    g.fillRect(x, top, 1, layout.axis);
    g.fillStyle = ink.colour("--ink-2");
    if (x + 5 + g.measureText(t.label).width <= layout.width) g.fillText(t.label, x + 5, top + layout.axis / 2 + 1);
  }
}

/** The moment of the picture: a line through all lanes, its words on the axis. */
export function drawMoment(g: CanvasRenderingContext2D, editor: LaneEditor, ms: number, strings: LaneStrings, ink: Ink): void {
  const { axis, data } = editor;
  const x = axis.x(ms);
  if (x < -1 || x > axis.layout.width + 1) return;
  const top = axis.layout.height - axis.layout.axis;
  g.fillStyle = ink.colour("--act");
  g.fillRect(Math.round(x) - 1, axis.layout.strip, 2, top - axis.layout.strip);
  label(g, editor, x, `${strings.image} ${strings.moment(toNs(ms, data.base))}`, "--act", "--on-act", ink);
}

/** The moment under the pointer: a hairline, a dot on each trace, the time on the axis. The values stand in the gutter. */
export function drawCursor(g: CanvasRenderingContext2D, editor: LaneEditor, t: number, strings: LaneStrings, ink: Ink): void {
  const { axis, data } = editor;
  const { layout } = axis;
  const x = axis.x(t);
  g.fillStyle = ink.colour("--ink-2");
  g.fillRect(Math.round(x), layout.strip, 1, layout.height - layout.axis - layout.strip);
  data.lanes.forEach((lane, i) => {
    const r = data.reading(lane.tag, t);
    const top = laneTop(layout, i);
    if (!r || top < layout.strip - layout.lane / 2 || top + layout.lane > layout.height - layout.axis + layout.lane / 2) return;
    for (const v of "value" in r ? [r.value] : [r.min, r.max]) dot(g, x, yOf(v, lane.scale, top, layout.lane), ink);
  });
  label(g, editor, x, strings.moment(toNs(t, data.base)), "--ink", "--on-ink", ink);
}

function dot(g: CanvasRenderingContext2D, x: number, y: number, ink: Ink): void {
  g.beginPath();
  g.arc(x, y, 3.5, 0, 2 * Math.PI);
  g.fillStyle = ink.colour("--surface");
  g.fill();
  g.lineWidth = 1.75;
  g.strokeStyle = ink.colour("--ink");
  g.stroke();
}

function label(g: CanvasRenderingContext2D, { axis }: LaneEditor, x: number, words: string, ground: string, on: string, ink: Ink): void {
  const { layout } = axis;
  g.font = `500 ${ink.size.xxs}px ${ink.font}`;
  const w = Math.ceil(g.measureText(words).width) + 14;
  const left = Math.max(0, Math.min(layout.width - w, x - w / 2));
  const top = layout.height - layout.axis;
  g.fillStyle = ink.colour(ground);
  g.beginPath();
  g.roundRect(left, top + 2, w, layout.axis - 4, 2);
  g.fill();
  g.fillStyle = ink.colour(on);
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.fillText(words, left + w / 2, top + layout.axis / 2 + 1);
}
