import { boundsOf, type Area, type Point } from "../../model/canvas/geometry";
import type { Sketch } from "../../model/canvas/sketch";
import { areaToScreen, toScreen, type Viewport } from "../../model/canvas/viewport";
import type { Ink } from "./ink";

/** Draws the shape that is being made. */
export function drawSketch(g: CanvasRenderingContext2D, s: Sketch, v: Viewport, ink: Ink): void {
  switch (s.as) {
    case "nothing":
      return;
    case "boxdrag": {
      const a = areaToScreen(v, boundsOf([s.from, s.to]));
      cased(g, ink, 2.5, () => g.rect(a.x, a.y, a.w, a.h));
      return;
    }
    case "boxtaps":
      for (const p of s.taps) cross(g, toScreen(v, p), ink);
      return;
    case "polygon":
    case "polyline":
      drawPolygon(g, s.as === "polygon", s.points.map((p) => toScreen(v, p)), s.next && toScreen(v, s.next), ink);
      return;
    case "wire":
      drawWire(g, s.points.map((p) => toScreen(v, p)), s.ahead.map((p) => toScreen(v, p)), s.knots, ink);
      return;
    case "brush":
      drawPaint(g, s.points.map((p) => toScreen(v, p)), s.erases, ink);
      return;
    case "measure":
      drawLength(g, toScreen(v, s.from), toScreen(v, s.to), ink);
  }
}

/** The area that a label of the sketch must stay clear of. */
export function sketchArea(s: Sketch, v: Viewport): Area | undefined {
  switch (s.as) {
    case "boxdrag":
    case "measure":
      return areaToScreen(v, boundsOf([s.from, s.to]));
    case "polygon":
    case "polyline":
      return areaToScreen(v, boundsOf(s.next ? [...s.points, s.next] : s.points));
    case "wire":
      return areaToScreen(v, boundsOf([...s.points, ...s.ahead]));
    default:
      return undefined;
  }
}

/** Strokes a path twice: dark and a little wider, then white. It stays visible on any photograph. */
function cased(g: CanvasRenderingContext2D, ink: Ink, width: number, path: () => void, dash: readonly number[] = []): void {
  g.beginPath();
  path();
  g.lineJoin = "round";
  g.setLineDash([]);
  g.lineWidth = width + 2;
  g.strokeStyle = ink.colour("--mark-casing");
  g.stroke();
  g.setLineDash([...dash]);
  g.lineWidth = width;
  g.strokeStyle = ink.colour("--mark-person");
  g.stroke();
  g.setLineDash([]);
}

function cross(g: CanvasRenderingContext2D, p: Point, ink: Ink): void {
  const gap = 4;
  const arm = 13;
  cased(g, ink, 2, () => {
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
      g.moveTo(p.x + dx * gap, p.y + dy * gap);
      g.lineTo(p.x + dx * arm, p.y + dy * arm);
    }
  });
}

function drawPolygon(g: CanvasRenderingContext2D, closes: boolean, points: readonly Point[], next: Point | null, ink: Ink): void {
  const last = points.at(-1);
  if (points.length > 1) cased(g, ink, 2.5, () => line(g, points));
  if (last && next) cased(g, ink, 1.5, () => line(g, [last, next]), [4, 4]);
  points.forEach((p, i) => {
    const radius = closes && i === 0 && points.length >= 3 ? ink.mm * 2.2 : ink.mm * 0.7;
    cased(g, ink, 2, () => g.arc(p.x, p.y, Math.max(4, radius), 0, 2 * Math.PI));
  });
  if (next) cross(g, next, ink);
}

/** The line along the edge with its taps, and the stretch to where the pointer is. */
function drawWire(g: CanvasRenderingContext2D, points: readonly Point[], ahead: readonly Point[], knots: readonly number[], ink: Ink): void {
  if (points.length > 1) cased(g, ink, 2.5, () => line(g, points));
  if (ahead.length > 1) cased(g, ink, 1.5, () => line(g, ahead), [4, 4]);
  knots.forEach((n, i) => {
    const p = points[n - 1];
    const closes = i === 0 && knots.length >= 2;
    if (p) cased(g, ink, 2, () => g.arc(p.x, p.y, Math.max(4, ink.mm * (closes ? 2.2 : 0.7)), 0, 2 * Math.PI));
  });
}

/** The middle of the stroke that is being painted; its breadth is drawn below it. */
function drawPaint(g: CanvasRenderingContext2D, points: readonly Point[], erases: boolean, ink: Ink): void {
  if (points.length > 1) cased(g, ink, 1, () => line(g, points), erases ? [3, 4] : []);
}

function line(g: CanvasRenderingContext2D, points: readonly Point[]): void {
  points.forEach((p, i) => (i === 0 ? g.moveTo(p.x, p.y) : g.lineTo(p.x, p.y)));
}

function drawLength(g: CanvasRenderingContext2D, a: Point, b: Point, ink: Ink): void {
  if (a.x === b.x && a.y === b.y) {
    cross(g, a, ink);
    return;
  }
  const len = Math.hypot(b.x - a.x, b.y - a.y);
  const nx = (-(b.y - a.y) / len) * 7;
  const ny = ((b.x - a.x) / len) * 7;
  cased(g, ink, 2, () => {
    line(g, [a, b]);
    for (const p of [a, b]) line(g, [{ x: p.x - nx, y: p.y - ny }, { x: p.x + nx, y: p.y + ny }]);
  });
}
