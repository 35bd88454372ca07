import type { Region } from "../../model/types";
import type { Camera } from "../../model/canvas/camera";
import { centreOf, distance, type Area, type Point } from "../../model/canvas/geometry";
import { handlesOf, type Handle } from "../../model/canvas/handles";
import { areaOf, pointsOf } from "../../model/canvas/shape";
import { areaToScreen, toScreen, visible, type Viewport } from "../../model/canvas/viewport";
import type { Ink } from "./ink";

/** Where a handle is drawn, on the screen. The handles of a small box stand off from it, so that they do not hide what it marks. */
function handlePoint(h: Handle, r: Region, v: Viewport, radius: number): Point {
  const p = toScreen(v, h.at);
  if (h.grip.hold !== "side") return p;
  if (r.kind === "rotated_box") return standOff(p, toScreen(v, centreOf(r.rect ?? areaOf(r))), r, v, radius);
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

/** Along the line from the middle of a rotated box, so far that a narrow box stays visible between its handles. */
function standOff(p: Point, middle: Point, r: Region, v: Viewport, radius: number): Point {
  const { w, h } = r.rect ?? { w: 0, h: 0 };
  const off = Math.max(0, Math.min(radius * 2.2, (radius * 7 - Math.min(w, h) * v.scale) / 2));
  const far = Math.hypot(p.x - middle.x, p.y - middle.y) || 1;
  return { x: p.x + ((p.x - middle.x) / far) * off, y: p.y + ((p.y - middle.y) / far) * off };
}

/** Draws what can be held of the selected region: the four extremes of a box, the points of a line, and the places for new points. */
export function drawHandles(g: CanvasRenderingContext2D, r: Region, camera: Camera, ink: Ink, turnOff: number): void {
  const v = camera.viewport;
  const radius = Math.max(5, ink.mm * 1.05);
  const points = pointsOf(r).map((q) => toScreen(v, q));
  for (const h of handlesOf(r, turnOff, visible(v, camera.picture, camera.stage))) {
    if (h.grip.hold === "corner" || (h.grip.hold === "between" && roomBeside(points, h.grip.index) < radius * 4)) continue;
    const p = handlePoint(h, r, v, radius);
    if (h.grip.hold === "turn") stem(g, toScreen(v, centreOf(r.rect ?? areaOf(r))), p, ink);
    else stem(g, toScreen(v, h.at), p, ink);
    const room = h.grip.hold === "point" ? Math.min(roomBeside(points, h.grip.index), roomBeside(points, h.grip.index - 1)) : Infinity;
    knob(g, p, h.grip.hold === "between" ? radius * 0.5 : Math.min(radius, Math.max(radius * 0.5, room / 2)), h.grip.hold === "between", ink);
    if (h.grip.hold === "turn") arc(g, p, radius, ink);
  }
}

/** The distance on the screen from a point of a line to the next one; the first is next to the last. */
function roomBeside(points: readonly Point[], index: number): number {
  const a = points.at(index);
  const b = points[(index + 1) % points.length];
  return a && b && points.length > 1 ? distance(a, b) : Infinity;
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

/** The turning handle's arrow. */
function arc(g: CanvasRenderingContext2D, p: Point, radius: number, ink: Ink): void {
  const r = radius * 0.5;
  g.beginPath();
  g.arc(p.x, p.y, r, -0.4 * Math.PI, 1.1 * Math.PI);
  g.moveTo(p.x - r * 1.7, p.y - r * 0.1);
  g.lineTo(p.x - r * 0.95, p.y - r * 0.5);
  g.lineTo(p.x - r * 0.3, p.y);
  g.lineWidth = 1.5;
  g.strokeStyle = ink.colour("--mark-handle-edge");
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
