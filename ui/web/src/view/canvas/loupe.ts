import type { Area, Extent, Point } from "../../model/canvas/geometry";
import { MAX_SCALE, toImage, type Viewport } from "../../model/canvas/viewport";
import type { Ink } from "./ink";

/** Side of the loupe and how far its middle is above the finger, in mm. */
const SIDE_MM = 26;
const ABOVE_MM = 27;
const TIMES = 3;

/** Where the loupe stands for a finger: above it, or beside it where the stage ends. */
export function loupeArea(finger: Point, stage: Extent, mm: number): Area {
  const side = Math.min(SIDE_MM * mm, stage.w * 0.5, stage.h * 0.5);
  const above = finger.y - ABOVE_MM * mm - side / 2;
  const x = Math.min(Math.max(4, finger.x - side / 2), stage.w - side - 4);
  if (above >= 4) return { x, y: above, w: side, h: side };
  const beside = finger.x > stage.w / 2 ? finger.x - ABOVE_MM * mm - side / 2 : finger.x + ABOVE_MM * mm - side / 2;
  return { x: Math.min(Math.max(4, beside), stage.w - side - 4), y: Math.min(Math.max(4, finger.y - side / 2), stage.h - side - 4), w: side, h: side };
}

/** Draws the surroundings of the image point under the finger, magnified, with a cross at the point itself. */
export function drawLoupe(g: CanvasRenderingContext2D, finger: Point, v: Viewport, at: Area, ink: Ink, draw: (lens: Viewport) => void): void {
  const p = toImage(v, finger);
  const scale = Math.min(MAX_SCALE, v.scale * TIMES);
  const cx = at.x + at.w / 2;
  const cy = at.y + at.h / 2;
  g.save();
  g.beginPath();
  g.roundRect(at.x, at.y, at.w, at.h, 4);
  g.clip();
  g.fillStyle = ink.colour("--stage");
  g.fillRect(at.x, at.y, at.w, at.h);
  draw({ scale, x: cx - p.x * scale, y: cy - p.y * scale });
  g.restore();
  frame(g, at, ink);
  crossHair(g, cx, cy, at.w * 0.3, ink);
}

function frame(g: CanvasRenderingContext2D, at: Area, ink: Ink): void {
  for (const [width, token] of [[5, "--mark-casing"], [2, "--mark-person"]] as const) {
    g.beginPath();
    g.roundRect(at.x, at.y, at.w, at.h, 4);
    g.lineWidth = width;
    g.strokeStyle = ink.colour(token);
    g.stroke();
  }
}

function crossHair(g: CanvasRenderingContext2D, x: number, y: number, arm: number, ink: Ink): void {
  for (const [width, token] of [[3, "--mark-casing"], [1.25, "--mark-person"]] as const) {
    g.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
      g.moveTo(x + dx * 5, y + dy * 5);
      g.lineTo(x + dx * arm, y + dy * arm);
    }
    g.lineWidth = width;
    g.strokeStyle = ink.colour(token);
    g.stroke();
  }
}
