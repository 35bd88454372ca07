import type { Region } from "../../model/types";
import type { Editor } from "../../model/canvas/editor";
import type { Area, Point } from "../../model/canvas/geometry";
import { areaOf } from "../../model/canvas/shape";
import { areaToScreen, toScreen, type Viewport } from "../../model/canvas/viewport";
import { cross, drawBrush } from "./brush";
import { drawHandles } from "./handles";
import type { Ink } from "./ink";
import { drawLoupe, loupeArea } from "./loupe";
import type { MaskCache } from "./masks";
import type { Picture } from "./picture";
import { drawLabels } from "./labels";
import { drawSketch } from "./sketch";
import { strokeAll, strokeOf, type Standing } from "./strokes";
import type { VectorContext } from "./vectors";

/** Draws what the finger is about: the selected region with its handles, the sketch, and the loupe. */
export function drawOverlay(
  g: CanvasRenderingContext2D, editor: Editor, picture: Picture | null, masks: MaskCache, ctx: VectorContext, ink: Ink, dpr: number,
): void {
  const { viewport: v, stage } = editor.camera;
  const r = editor.selected;
  if (r) drawSelected(g, r, editor, masks, ink);
  drawBrush(g, editor, ink);
  drawSketch(g, editor.sketch, v, ink);
  const finger = editor.pen.brushes || editor.finger?.kind === "mouse" ? null : editor.finger;
  const glass = finger && picture ? loupeArea(finger.at, stage, ink.mm) : null;
  drawLabels(g, editor, ctx, ink, [...(glass ? [glass] : []), ...footOf(editor, ink)]);
  if (!finger || !glass || !picture) return;
  drawLoupe(g, finger.at, v, glass, ink, (lens: Viewport) => {
    picture.draw(g, lens, stage, dpr);
    if (r) strokeAll(g, [r], lens, "selected", ink);
    drawSketch(g, editor.sketch, lens, ink);
  });
}

/** The place whose value is read, where a finger covers or has left it. */
export function drawMark(g: CanvasRenderingContext2D, p: Point | null, editor: Editor, ink: Ink): void {
  if (!p) return;
  const at = toScreen(editor.camera.viewport, p);
  cross(g, at.x, at.y, ink);
}

/** Where the keys of a drawing tool stand: a label behind them would not be read. */
function footOf(editor: Editor, ink: Ink): Area[] {
  const { w, h } = editor.camera.stage;
  return editor.drawing ? [{ x: 0, y: h - ink.mm * 18, w, h: ink.mm * 18 }] : [];
}

function drawSelected(g: CanvasRenderingContext2D, r: Region, editor: Editor, masks: MaskCache, ink: Ink): void {
  const { viewport: v } = editor.camera;
  const isProposal = editor.scene.isProposal(r.id) && !editor.grip;
  const standing: Standing = isProposal ? "proposal" : "selected";
  if (r.kind === "mask") masks.draw(g, r, v, ink.colour(strokeOf(standing).colour), ink.colour("--mark-casing"));
  strokeAll(g, [r], v, standing, ink);
  if (isProposal) halo(g, areaToScreen(v, areaOf(r)), ink);
  if (!editor.grip) drawHandles(g, r, editor.camera, ink, editor.turnOff);
}

/** Corner brackets outside a selected proposal: it stays dashed, for nobody has confirmed it. */
function halo(g: CanvasRenderingContext2D, a: Area, ink: Ink): void {
  const off = 6;
  const arm = 11;
  g.beginPath();
  for (const [sx, sy] of [[-1, -1], [1, -1], [1, 1], [-1, 1]] as const) {
    const x = sx < 0 ? a.x - off : a.x + a.w + off;
    const y = sy < 0 ? a.y - off : a.y + a.h + off;
    g.moveTo(x - sx * arm, y);
    g.lineTo(x, y);
    g.lineTo(x, y - sy * arm);
  }
  for (const [width, token] of [[4.5, "--mark-casing"], [2.5, "--mark-selected"]] as const) {
    g.lineWidth = width;
    g.strokeStyle = ink.colour(token);
    g.stroke();
  }
}
