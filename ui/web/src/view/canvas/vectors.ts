import type { Region } from "../../model/types";
import type { Editor } from "../../model/canvas/editor";
import { grown, type Area } from "../../model/canvas/geometry";
import { toImage, type Viewport } from "../../model/canvas/viewport";
import { damageOf, onPixels, REACH, type Shown } from "./damage";
import type { Ink } from "./ink";
import type { Layer } from "./layer";
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

/** The layer of all regions but the selected one, which the overlay draws. What stays the same is shifted, not drawn again. */
export class VectorSheet {
  private shown: Shown | null = null;

  constructor(
    private readonly layer: Layer,
    private readonly masks: MaskCache,
  ) {}

  draw(editor: Editor, ctx: VectorContext, ink: Ink): void {
    const { stage, viewport } = editor.camera;
    const { density, generation } = this.layer;
    const look = [ink, ctx.confirmed, ctx.rejected, generation];
    const now: Shown = { scene: editor.scene, selected: editor.selected?.id, viewport: onPixels(viewport, density), stage, look };
    const damage = this.shown && damageOf(this.shown, now);
    this.shown = now;
    const paint = (g: CanvasRenderingContext2D, area: Area): void => drawRegions(g, regionsIn(area, now), now.viewport, this.masks, (r) => standingOf(r, editor, ctx), ink);
    if (!damage) return paint(this.layer.begin(), { x: 0, y: 0, ...stage });
    this.layer.shift(damage.shift);
    for (const area of damage.areas) this.layer.within(area, (g) => paint(g, area));
  }
}

/** Regions whose strokes reach into an area of the stage. */
function regionsIn(area: Area, { scene, selected, viewport }: Shown): Region[] {
  const a = grown(area, REACH);
  const from = toImage(viewport, a);
  const to = toImage(viewport, { x: a.x + a.w, y: a.y + a.h });
  return scene.within(from.x, from.y, to.x, to.y).filter((r) => r.id !== selected);
}

function drawRegions(g: CanvasRenderingContext2D, all: readonly Region[], v: Viewport, masks: MaskCache, standing: (r: Region) => Standing, ink: Ink): void {
  const groups = new Map<Standing, Region[]>();
  for (const r of all) {
    const s = standing(r);
    const group = groups.get(s);
    if (group) group.push(r);
    else groups.set(s, [r]);
  }
  for (const [s, regions] of groups) {
    for (const r of regions) if (r.kind === "mask") masks.draw(g, r, v, ink.colour(strokeOf(s).colour), ink.colour("--mark-casing"));
    strokeAll(g, regions, v, s, ink);
  }
}

/** Regions of which at least the bounds meet the stage. */
export function inView(editor: Editor): readonly Region[] {
  const { viewport, stage } = editor.camera;
  const a = toImage(viewport, { x: 0, y: 0 });
  const b = toImage(viewport, { x: stage.w, y: stage.h });
  return editor.scene.within(a.x, a.y, b.x, b.y);
}
