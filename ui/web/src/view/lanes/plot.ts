import { columnsOf, isBreak, isDense, qualityMarks, sampleSpacing } from "../../model/lanes/columns";
import type { Lane, LaneData } from "../../model/lanes/data";
import { laneBottom, laneTop, roomOf, type Layout } from "../../model/lanes/layout";
import { lookOf, NORMAL_LOOK, type TraceLook } from "./looks";
import { yOf } from "../../model/lanes/scale";
import type { Tick } from "../../model/lanes/ticks";
import { xOf, type Span } from "../../model/lanes/time";
import { indices, type Piece } from "../../model/lanes/trace";
import type { Buckets, Samples, Trace } from "../../model/types";
import type { Ink } from "../canvas/ink";

/** What draws traces into lanes. The stage knows this and nothing of how: a chart library could stand behind it as well. */
export interface LanePlot {
  draw(g: CanvasRenderingContext2D, data: LaneData, view: Span, layout: Layout, ticks: readonly Tick[], ink: Ink, beside: Beside): void;
}

/** What lies behind the traces to compare with: another stretch of the same signals, in this one's time. */
export type Beside = ReadonlyMap<string, Trace>;

/** Dots are drawn when samples are this far apart, CSS pixels. */
const DOTS_FROM = 7;

/** Where one lane lies and how it maps time and value. */
interface Room {
  readonly lane: Lane;
  readonly view: Span;
  readonly width: number;
  readonly top: number;
  readonly height: number;
  readonly look: TraceLook;
}

/** Draws all lanes on one canvas, at most one band segment per pixel column. */
export class CanvasPlot implements LanePlot {
  draw(g: CanvasRenderingContext2D, data: LaneData, view: Span, layout: Layout, ticks: readonly Tick[], ink: Ink, beside: Beside): void {
    g.save();
    g.beginPath();
    g.rect(0, layout.strip, layout.width, roomOf(layout));
    g.clip();
    grid(g, view, layout, ticks, ink);
    data.lanes.forEach((lane, i) => {
      const top = laneTop(layout, i);
      if (top + layout.lane < layout.strip || top > layout.height) return;
      const room: Room = { lane, view, width: layout.width, top, height: layout.lane, look: lookOf(layout.together ? i : undefined) };
      const other = beside.get(lane.tag);
      if (other) drawPiece(g, { ...view, trace: other }, { ...room, look: NORMAL_LOOK }, ink);
      for (const p of data.pieces(lane.tag, view)) drawPiece(g, p, room, ink);
      for (const p of data.pieces(lane.tag, view)) drawQuality(g, p, room, ink);
    });
    g.restore();
  }
}

function grid(g: CanvasRenderingContext2D, view: Span, l: Layout, ticks: readonly Tick[], ink: Ink): void {
  g.fillStyle = ink.colour("--grid");
  for (const t of ticks) g.fillRect(Math.round(xOf(t.t, view, l.width)), l.strip, 1, roomOf(l));
  g.fillStyle = ink.colour("--line");
  for (let i = 0; i < l.lanes; i++) g.fillRect(0, Math.round(laneBottom(l, i)) - 1, l.width, 1);
}

function drawPiece(g: CanvasRenderingContext2D, p: Piece, r: Room, ink: Ink): void {
  g.lineJoin = "round";
  g.lineWidth = 1.25;
  g.strokeStyle = ink.colour(r.look.line);
  g.fillStyle = ink.colour(r.look.band);
  g.globalAlpha = r.look.opacity;
  g.setLineDash([...r.look.dash]);
  if (isDense(p.trace, p, r.view, r.width)) drawColumns(g, p, r);
  else if (p.trace.kind === "buckets") drawBuckets(g, p.trace, p, r);
  else drawSamples(g, p.trace, p, r, ink);
  g.setLineDash([]);
  g.globalAlpha = 1;
}

const yIn = (v: number, r: Room): number => yOf(v, r.lane.scale, r.top, r.height);

function drawColumns(g: CanvasRenderingContext2D, p: Piece, r: Room): void {
  const c = columnsOf(p.trace, p, r.view, r.width);
  g.beginPath();
  let pen = false;
  for (let i = 0; i < c.min.length; i++) {
    if (c.breaks[i]) pen = false;
    const min = c.min[i] ?? NaN;
    if (Number.isNaN(min)) continue;
    const low = yIn(min, r);
    const high = yIn(c.max[i] ?? min, r);
    const x = c.x0 + i;
    if (low - high > 1.2) g.fillRect(x, high, 1, low - high);
    line(g, x + 0.5, (low + high) / 2, pen);
    pen = true;
  }
  g.stroke();
}

function drawBuckets(g: CanvasRenderingContext2D, t: Buckets, p: Piece, r: Room): void {
  const [from, to] = indices(t, p);
  g.beginPath();
  let pen = false;
  for (let i = Math.max(0, from - 1); i < Math.min(t.min.length, to + 1); i++) {
    const min = t.min[i] ?? NaN;
    if (Number.isNaN(min)) {
      if (isBreak(t, i)) pen = false;
      continue;
    }
    const low = yIn(min, r);
    const high = yIn(t.max[i] ?? min, r);
    const x0 = xOf(t.t0 + i * t.step, r.view, r.width);
    const x1 = xOf(t.t0 + (i + 1) * t.step, r.view, r.width);
    if (low - high > 1.2) g.fillRect(x0, high, x1 - x0, low - high);
    line(g, (x0 + x1) / 2, (low + high) / 2, pen);
    pen = true;
  }
  g.stroke();
}

/** The exact line, from the sample before the piece to the one after it. */
function drawSamples(g: CanvasRenderingContext2D, t: Samples, p: Piece, r: Room, ink: Ink): void {
  const [from, to] = indices(t, p);
  const dots: [number, number, number][] = [];
  const withDots = sampleSpacing(t, p, r.view, r.width) >= DOTS_FROM;
  g.beginPath();
  let pen = false;
  for (let i = Math.max(0, from - 1); i < Math.min(t.t.length, to + 1); i++) {
    const v = t.v[i] ?? NaN;
    if (Number.isNaN(v)) {
      pen = false;
      continue;
    }
    const x = xOf(t.t[i] ?? 0, r.view, r.width);
    const y = yIn(v, r);
    line(g, x, y, pen);
    const isAlone = !pen && Number.isNaN(t.v[i + 1] ?? NaN);
    pen = true;
    if (withDots || isAlone) dots.push([x, y, t.quality[i] ?? 0]);
  }
  g.stroke();
  if (r.look !== NORMAL_LOOK) drawDots(g, dots, ink);
}

function line(g: CanvasRenderingContext2D, x: number, y: number, pen: boolean): void {
  if (pen) g.lineTo(x, y);
  else g.moveTo(x, y);
}

/** Good samples are full dots, others open ones. */
function drawDots(g: CanvasRenderingContext2D, dots: readonly (readonly [number, number, number])[], ink: Ink): void {
  for (const [x, y, quality] of dots) {
    g.beginPath();
    g.arc(x, y, quality === 0 ? 2.4 : 3.2, 0, 2 * Math.PI);
    g.fillStyle = ink.colour(quality === 0 ? "--trace" : "--surface");
    g.fill();
    if (quality === 0) continue;
    g.strokeStyle = ink.colour("--warn");
    g.stroke();
  }
}

/** Bad stretches carry a bar on the lane's floor, uncertain ones a row of dashes; a shape, for colour alone says nothing. */
function drawQuality(g: CanvasRenderingContext2D, p: Piece, r: Room, ink: Ink): void {
  const y = r.top + r.height - 4;
  g.fillStyle = ink.colour("--warn");
  for (const m of qualityMarks(p.trace, p, r.view, r.width)) {
    const w = Math.max(3, m.x1 - m.x0);
    if (m.quality >= 2) g.fillRect(m.x0, y, w, 3);
    else for (let x = m.x0; x < m.x0 + w; x += 6) g.fillRect(x, y + 1, Math.min(3, m.x0 + w - x), 2);
  }
}
