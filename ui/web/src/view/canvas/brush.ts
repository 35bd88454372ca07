import type { Editor } from "../../model/canvas/editor";
import { toScreen } from "../../model/canvas/viewport";
import type { Ink } from "./ink";

/** Draws the breadth of the stroke that is being painted, and the brush itself where the pointer is. */
export function drawBrush(g: CanvasRenderingContext2D, editor: Editor, ink: Ink): void {
  const { sketch, pen, camera } = editor;
  const radius = pen.radius * camera.viewport.scale;
  if (sketch.as === "brush") {
    const points = sketch.points.map((p) => toScreen(camera.viewport, p));
    g.save();
    g.globalAlpha = sketch.erases ? 0.6 : 0.42;
    g.lineWidth = radius * 2;
    g.lineCap = g.lineJoin = "round";
    g.strokeStyle = ink.colour(sketch.erases ? "--mark-casing" : "--mark-selected");
    g.beginPath();
    points.forEach((p, i) => (i === 0 ? g.moveTo(p.x, p.y) : g.lineTo(p.x, p.y)));
    g.stroke();
    g.restore();
  }
  const at = (sketch.as === "brush" ? editor.finger?.at : undefined) ?? editor.hand.pointer;
  if (at && pen.brushes) ring(g, at.x, at.y, radius, ink);
  else if (at) cross(g, at.x, at.y, ink);
}

function ring(g: CanvasRenderingContext2D, x: number, y: number, radius: number, ink: Ink): void {
  twice(g, ink, () => g.arc(x, y, Math.max(2, radius), 0, 2 * Math.PI));
}

/** A cross that leaves its middle free: the keyboard's pointer, or the place that is read. */
export function cross(g: CanvasRenderingContext2D, x: number, y: number, ink: Ink): void {
  twice(g, ink, () => {
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
      g.moveTo(x + dx * 4, y + dy * 4);
      g.lineTo(x + dx * 18, y + dy * 18);
    }
  });
}

function twice(g: CanvasRenderingContext2D, ink: Ink, path: () => void): void {
  for (const [width, token] of [[4, "--mark-casing"], [1.75, "--mark-selected"]] as const) {
    g.beginPath();
    path();
    g.lineWidth = width;
    g.strokeStyle = ink.colour(token);
    g.stroke();
  }
}
