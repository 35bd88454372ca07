import type { Region } from "../../model/types";
import type { Area, Point } from "../../model/canvas/geometry";
import { handlesOf, type Handle } from "../../model/canvas/handles";
import { areaOf } from "../../model/canvas/shape";
import { areaToScreen, toScreen, type Viewport } from "../../model/canvas/viewport";
import type { Ink } from "./ink";

/** Where a handle is drawn, on the screen. The handles of a small box stand off from it, so that they do not hide what it marks. */
export function handlePoint(h: Handle, r: Region, v: Viewport, radius: number): Point {
  const p = toScreen(v, h.at);
  if (h.grip.hold !== "side") return p;
  const a: Area = areaToScreen(v, areaOf(r));
  const off = Math.max(0, Math.min(radius * 2.2, (radius * 7 - Math.min(a.w, a.h)) / 2));
  switch (h.grip.side) {
    case "top":
      return { x: p.x, y: p.y - off };
    case "bottom":
      return { x: p.x, y: p.y + off };
    case "left":
      return { x: p.x - off, y: p.y };
    case "right":
      return { x: p.x + off, y: p.y };
  }
}

/** Draws what can be held of the selected region: the four extremes of a box, the points of a line, and the places for new points. */
export function drawHandles(g: CanvasRenderingContext2D, r: Region, v: Viewport, ink: Ink): void {
  const radius = Math.max(5, ink.mm * 1.05);
  for (const h of handlesOf(r)) {
    if (h.grip.hold === "corner") continue;
    const p = handlePoint(h, r, v, radius);
    stem(g, toScreen(v, h.at), p, ink);
    knob(g, p, h.grip.hold === "between" ? radius * 0.5 : radius, h.grip.hold === "between", ink);
  }
}

function stem(g: CanvasRenderingContext2D, from: Point, to: Point, ink: Ink): void {
  if (from.x === to.x && from.y === to.y) return;
  g.beginPath();
  g.moveTo(from.x, from.y);
  g.lineTo(to.x, to.y);
  g.lineWidth = 2;
  g.strokeStyle = ink.colour("--mark-selected");
  g.stroke();
}

function knob(g: CanvasRenderingContext2D, p: Point, radius: number, faint: boolean, ink: Ink): void {
  g.beginPath();
  g.arc(p.x, p.y, radius, 0, 2 * Math.PI);
  g.fillStyle = ink.colour(faint ? "--mark-handle-edge" : "--mark-person");
  g.fill();
  g.lineWidth = faint ? 1.25 : 2;
  g.strokeStyle = ink.colour(faint ? "--mark-person" : "--mark-handle-edge");
  g.stroke();
}
