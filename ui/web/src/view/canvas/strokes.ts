import type { Region } from "../../model/types";
import { outlineOf } from "../../model/canvas/shape";
import type { Viewport } from "../../model/canvas/viewport";
import type { Ink } from "./ink";

/** What a region's line says: dashed is the machine, solid a person, dotted a rejected proposal. */
export type Standing = "proposal" | "rejected" | "drawn" | "confirmed" | "selected";

export interface Stroke {
  readonly colour: string; // token
  readonly width: number;
  readonly dash: readonly number[];
  readonly cased: boolean;
}

const STROKES: Readonly<Record<Standing, Stroke>> = {
  proposal: { colour: "--mark-machine", width: 2, dash: [7, 5], cased: true },
  rejected: { colour: "--mark-rejected", width: 1.5, dash: [2, 6], cased: false },
  drawn: { colour: "--mark-person", width: 2.5, dash: [], cased: true },
  confirmed: { colour: "--mark-bad", width: 3, dash: [], cased: true },
  selected: { colour: "--mark-selected", width: 3, dash: [], cased: true },
};

export const strokeOf = (s: Standing): Stroke => STROKES[s];

/** Adds the region's outline to the context's path, in CSS pixels of the stage. */
export function trace(g: CanvasRenderingContext2D, r: Region, v: Viewport): void {
  const { points, closed } = outlineOf(r);
  points.forEach((p, i) => {
    const x = p.x * v.scale + v.x;
    const y = p.y * v.scale + v.y;
    if (i === 0) g.moveTo(x, y);
    else g.lineTo(x, y);
  });
  if (closed) g.closePath();
  if (r.kind === "measure") traceEnds(g, r, v);
  if (r.kind === "point") tracePoint(g, r, v);
}

const TICK = 7;

/** The two short strokes across the ends of a length. */
function traceEnds(g: CanvasRenderingContext2D, r: Region, v: Viewport): void {
  const [a, b] = outlineOf(r).points;
  if (!a || !b) return;
  const len = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const nx = (-(b.y - a.y) / len) * TICK;
  const ny = ((b.x - a.x) / len) * TICK;
  for (const p of [a, b]) {
    const x = p.x * v.scale + v.x;
    const y = p.y * v.scale + v.y;
    g.moveTo(x - nx, y - ny);
    g.lineTo(x + nx, y + ny);
  }
}

function tracePoint(g: CanvasRenderingContext2D, r: Region, v: Viewport): void {
  const p = outlineOf(r).points[0];
  if (!p) return;
  const x = p.x * v.scale + v.x;
  const y = p.y * v.scale + v.y;
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
    g.moveTo(x + dx * 5, y + dy * 5);
    g.lineTo(x + dx * 14, y + dy * 14);
  }
}

/** Strokes regions of one standing: the dark casings first, the colours above. Each on its own: one path of a thousand costs far more. */
export function strokeAll(g: CanvasRenderingContext2D, regions: readonly Region[], v: Viewport, standing: Standing, ink: Ink): void {
  if (regions.length === 0) return;
  const s = strokeOf(standing);
  g.lineJoin = "miter";
  g.miterLimit = 2;
  if (s.cased) {
    g.setLineDash([]);
    g.strokeStyle = ink.colour("--mark-casing");
    g.lineWidth = s.width + 2;
    for (const r of regions) strokeOne(g, r, v);
  }
  g.setLineDash([...s.dash]);
  g.strokeStyle = ink.colour(s.colour);
  g.lineWidth = s.width;
  for (const r of regions) strokeOne(g, r, v);
  g.setLineDash([]);
}

function strokeOne(g: CanvasRenderingContext2D, r: Region, v: Viewport): void {
  if (r.kind === "mask") return; // its pixels are its outline
  if (r.kind === "box" && r.rect) {
    g.strokeRect(r.rect.x * v.scale + v.x, r.rect.y * v.scale + v.y, r.rect.w * v.scale, r.rect.h * v.scale);
    return;
  }
  g.beginPath();
  trace(g, r, v);
  g.stroke();
}
