import type { Region } from "../../model/types";
import type { Editor } from "../../model/canvas/editor";
import type { Area } from "../../model/canvas/geometry";
import { areaOf } from "../../model/canvas/shape";
import { areaToScreen, toImage } from "../../model/canvas/viewport";
import type { Ink } from "./ink";
import type { MaskCache } from "./masks";
import { strokeAll, strokeOf, type Standing } from "./strokes";
import { drawNumber, drawTags, type TagInput } from "./tags";
import { wordsFor, type Vocabulary } from "./words";

/** What the vector and overlay layers need beside the editor. */
export interface VectorContext extends Vocabulary {
  readonly mmPerPx: number;
  readonly confirmed: boolean;
  readonly rejected: ReadonlySet<string>;
  readonly numbers: ReadonlyMap<string, number> | undefined;
}

/** With more regions in view than this only the selected one carries a label. */
const MOST_TAGS = 40;

export function standingOf(r: Region, editor: Editor, { confirmed, rejected }: VectorContext): Standing {
  if (editor.scene.isProposal(r.id)) return rejected.has(r.id) ? "rejected" : "proposal";
  return confirmed ? "confirmed" : "drawn";
}

/** Draws all regions in view but the selected one, which the overlay draws, and the labels of all. */
export function drawVectors(g: CanvasRenderingContext2D, editor: Editor, masks: MaskCache, ctx: VectorContext, ink: Ink): void {
  const v = editor.camera.viewport;
  const shown = inView(editor);
  const groups = new Map<Standing, Region[]>();
  for (const r of shown) {
    if (r.id === editor.selected?.id) continue;
    const s = standingOf(r, editor, ctx);
    const group = groups.get(s);
    if (group) group.push(r);
    else groups.set(s, [r]);
  }
  for (const [standing, regions] of groups) {
    for (const r of regions) if (r.kind === "mask") masks.draw(g, r, v, ink.colour(strokeOf(standing).colour));
    strokeAll(g, regions, v, standing, ink);
  }
  labels(g, shown, editor, ctx, ink);
}

function inView(editor: Editor): readonly Region[] {
  const { viewport, stage } = editor.camera;
  const a = toImage(viewport, { x: 0, y: 0 });
  const b = toImage(viewport, { x: stage.w, y: stage.h });
  return editor.scene.within(a.x, a.y, b.x, b.y);
}

function labels(g: CanvasRenderingContext2D, shown: readonly Region[], editor: Editor, ctx: VectorContext, ink: Ink): void {
  const { viewport, stage } = editor.camera;
  const others = shown.filter((r) => r.id !== editor.selected?.id);
  if (others.length > MOST_TAGS) return;
  const marks: Area[] = shown.map((r) => areaToScreen(viewport, areaOf(r)));
  if (editor.selected) marks.push(areaToScreen(viewport, areaOf(editor.selected)));
  const tags = others.map((r) => tagFor(r, editor, ctx)).filter((t) => t.standing !== "rejected");
  for (const t of tags) if (t.number !== undefined) drawNumber(g, t, t.number, stage, ink);
  drawTags(g, tags.filter((t) => t.number === undefined), marks, stage, ink);
}

export function tagFor(r: Region, editor: Editor, ctx: VectorContext): TagInput {
  const isProposal = editor.scene.isProposal(r.id);
  return {
    id: r.id,
    mark: areaToScreen(editor.camera.viewport, areaOf(r)),
    words: wordsFor(r, isProposal, ctx.mmPerPx, ctx),
    standing: standingOf(r, editor, ctx),
    number: ctx.numbers?.get(r.id),
  };
}
