import type { Region } from "../../model/types";
import type { Editor } from "../../model/canvas/editor";
import { toImage } from "../../model/canvas/viewport";
import type { Ink } from "./ink";
import type { MaskCache } from "./masks";
import { strokeAll, strokeOf, type Standing } from "./strokes";
import type { Vocabulary } from "./words";

/** What the vector and overlay layers need beside the editor. */
export interface VectorContext extends Vocabulary {
  readonly mmPerPx: number;
  readonly confirmed: boolean;
  readonly rejected: ReadonlySet<string>;
  readonly numbers: ReadonlyMap<string, number> | undefined;
}

export function standingOf(r: Region, editor: Editor, { confirmed, rejected }: VectorContext): Standing {
  if (editor.scene.isProposal(r.id)) return rejected.has(r.id) ? "rejected" : "proposal";
  return confirmed ? "confirmed" : "drawn";
}

/** Draws all regions in view but the selected one, which the overlay draws. */
export function drawVectors(g: CanvasRenderingContext2D, editor: Editor, masks: MaskCache, ctx: VectorContext, ink: Ink): void {
  const v = editor.camera.viewport;
  const groups = new Map<Standing, Region[]>();
  for (const r of inView(editor)) {
    if (r.id === editor.selected?.id) continue;
    const s = standingOf(r, editor, ctx);
    const group = groups.get(s);
    if (group) group.push(r);
    else groups.set(s, [r]);
  }
  for (const [standing, regions] of groups) {
    for (const r of regions) if (r.kind === "mask") masks.draw(g, r, v, ink.colour(strokeOf(standing).colour), ink.colour("--mark-casing"));
    strokeAll(g, regions, v, standing, ink);
  }
}

/** Regions of which at least the bounds meet the stage. */
export function inView(editor: Editor): readonly Region[] {
  const { viewport, stage } = editor.camera;
  const a = toImage(viewport, { x: 0, y: 0 });
  const b = toImage(viewport, { x: stage.w, y: stage.h });
  return editor.scene.within(a.x, a.y, b.x, b.y);
}
