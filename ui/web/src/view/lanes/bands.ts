import type { LaneEditor } from "../../model/lanes/editor";
import { laneBottom, laneTop, roomOf, type Layout } from "../../model/lanes/layout";
import type { Mark } from "../../model/lanes/marks";
import { xOf, type Span } from "../../model/lanes/time";
import { spanOf } from "../../model/lanes/sketch";
import type { Ink } from "../canvas/ink";

/** How a band looks: dashed teal is the machine, solid ink a person, solid blue what is selected, dotted what was rejected. */
export interface BandStyle {
  readonly colour: string; // token
  readonly width: number;
  readonly dash: readonly number[];
  readonly fill: number; // opacity
}

export function bandStyle(m: Mark, isSelected: boolean, isRejected: boolean, confirmed: boolean): BandStyle {
  if (m.isProposal && isRejected) return { colour: "--ink-3", width: 1.25, dash: [2, 5], fill: 0 };
  if (m.isProposal) return { colour: "--machine", width: isSelected ? 2 : 1.5, dash: isSelected ? [6, 4] : [4, 3], fill: isSelected ? 0.2 : 0.1 };
  if (isSelected) return { colour: "--act", width: 2, dash: [], fill: 0.15 };
  return { colour: confirmed ? "--bad" : "--ink-2", width: 1.5, dash: [], fill: 0.08 };
}

export interface BandContext {
  readonly rejected: ReadonlySet<string>;
  readonly confirmed: boolean;
}

/** Draws all marked stretches over the lanes they belong to. */
export function drawBands(g: CanvasRenderingContext2D, editor: LaneEditor, ctx: BandContext, ink: Ink): void {
  const { view, layout } = editor.axis;
  g.save();
  g.beginPath();
  g.rect(0, layout.strip, layout.width, roomOf(layout));
  g.clip();
  const selected = editor.selected;
  for (const m of editor.marks) if (m.id !== selected?.id) drawMark(g, m, bandStyle(m, false, ctx.rejected.has(m.id), ctx.confirmed), editor, ink);
  if (selected) drawMark(g, selected, bandStyle(selected, true, ctx.rejected.has(selected.id), ctx.confirmed), editor, ink);
  const sketch = spanOf(editor.sketch);
  if (sketch) drawRuns(g, sketch, editor.belonging, { colour: "--act", width: 2, dash: [], fill: 0.15 }, view, layout, editor, ink);
  g.restore();
}

function drawMark(g: CanvasRenderingContext2D, m: Mark, s: BandStyle, editor: LaneEditor, ink: Ink): void {
  const { view, layout } = editor.axis;
  if (m.span.to < view.from || m.span.from > view.to) return;
  drawRuns(g, m.span, new Set(m.tags), s, view, layout, editor, ink);
}

/** One box over each row of neighbouring lanes. */
function drawRuns(
  g: CanvasRenderingContext2D, span: Span, tags: ReadonlySet<string>, s: BandStyle, view: Span, l: Layout, editor: LaneEditor, ink: Ink,
): void {
  const x0 = xOf(span.from, view, l.width);
  const x1 = xOf(span.to, view, l.width);
  g.strokeStyle = ink.colour(s.colour);
  g.fillStyle = ink.colour(s.colour);
  g.lineWidth = s.width;
  for (const [first, last] of runsOf(editor, tags)) {
    const y0 = laneTop(l, first) + 1;
    const y1 = laneBottom(l, last) - 2;
    box(g, x0, y0, x1, y1, s);
  }
  g.setLineDash([]);
}

function box(g: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number, s: BandStyle): void {
  if (s.fill > 0 && x1 > x0) {
    g.globalAlpha = s.fill;
    g.fillRect(x0, y0, x1 - x0, y1 - y0);
    g.globalAlpha = 1;
  }
  g.setLineDash([...s.dash]);
  g.beginPath();
  if (x1 - x0 < 3) {
    g.moveTo((x0 + x1) / 2, y0);
    g.lineTo((x0 + x1) / 2, y1);
  } else {
    g.rect(x0, y0, x1 - x0, y1 - y0);
  }
  g.stroke();
}

function runsOf(editor: LaneEditor, tags: ReadonlySet<string>): [number, number][] {
  const runs: [number, number][] = [];
  editor.data.lanes.forEach((lane, i) => {
    if (!tags.has(lane.tag)) return;
    const last = runs.at(-1);
    if (last && last[1] === i - 1) last[1] = i;
    else runs.push([i, i]);
  });
  return runs;
}
