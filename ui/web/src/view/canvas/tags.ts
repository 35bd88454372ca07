import type { Area, Extent } from "../../model/canvas/geometry";
import { placeTags, type Placed } from "../../model/canvas/placing";
import type { Ink } from "./ink";
import { strokeOf, type Standing } from "./strokes";
import type { RegionWords } from "./words";

export interface TagInput {
  readonly id: string;
  readonly mark: Area; // CSS pixels of the stage
  readonly words: RegionWords;
  readonly standing: Standing;
  readonly number: number | undefined; // a finding's number instead of words
  readonly must: boolean; // is shown even where it covers another mark
}

const PAD = 9;

/** Draws labels beside their marks; see placeTags for where. */
export function drawTags(g: CanvasRenderingContext2D, tags: readonly TagInput[], marks: readonly Area[], stage: Extent, ink: Ink, gap = 5): void {
  const size = ink.size.sm;
  const height = Math.round(size * 1.35 + 9);
  g.font = `500 ${size}px ${ink.font}`;
  g.textBaseline = "middle";
  const wide = new Map(tags.map((t) => [t.id, widthsOf(g, t)]));
  const placed = placeTags(
    tags.map((t) => ({ id: t.id, mark: t.mark, size: { w: wide.get(t.id)?.all ?? 0, h: height }, must: t.must })),
    marks,
    stage,
    gap,
  );
  const byID = new Map(tags.map((t) => [t.id, t]));
  for (const p of placed) {
    const t = byID.get(p.id);
    if (t) drawTag(g, t, p, wide.get(t.id)?.name ?? 0, ink);
  }
}

function widthsOf(g: CanvasRenderingContext2D, t: TagInput): { name: number; all: number } {
  const name = t.words.name === "" ? 0 : Math.ceil(g.measureText(t.words.name).width);
  const size = t.words.size === "" ? 0 : Math.ceil(g.measureText(t.words.size).width);
  return { name, all: name + size + (name > 0 && size > 0 ? PAD : 0) + 2 * PAD };
}

function drawTag(g: CanvasRenderingContext2D, t: TagInput, { at }: Placed, nameWidth: number, ink: Ink): void {
  const s = strokeOf(t.standing);
  const isRed = t.standing === "confirmed";
  const x = Math.round(at.x) + 0.75;
  const y = Math.round(at.y) + 0.75;
  g.beginPath();
  g.roundRect(x, y, at.w - 1.5, at.h - 1.5, 2);
  g.fillStyle = ink.colour(isRed ? "--tag-bad" : "--tag-ground");
  g.fill();
  g.setLineDash(t.standing === "proposal" ? [5, 3.5] : []);
  g.lineWidth = 1.5;
  g.strokeStyle = ink.colour(isRed ? "--tag-bad" : s.colour);
  g.stroke();
  g.setLineDash([]);
  const base = y + at.h / 2;
  g.textAlign = "left";
  g.fillStyle = ink.colour(isRed ? "--tag-on-bad" : t.standing === "proposal" ? "--tag-machine" : "--tag-ink");
  g.fillText(t.words.name, x + PAD - 0.75, base);
  g.fillStyle = ink.colour(isRed ? "--tag-on-bad" : "--tag-size");
  g.fillText(t.words.size, x + PAD - 0.75 + (nameWidth > 0 ? nameWidth + PAD : 0), base);
}

/** A finding's number in a ring at the mark's top left corner, outside it. */
export function drawNumber(g: CanvasRenderingContext2D, t: TagInput, n: number, stage: Extent, ink: Ink): void {
  const r = Math.round(ink.mm * 2.25);
  const x = Math.min(stage.w - r - 2, Math.max(r + 2, t.mark.x - r * 0.5));
  const y = Math.min(stage.h - r - 2, Math.max(r + 2, t.mark.y - r * 0.75));
  const isMachine = t.standing === "proposal" || t.standing === "rejected";
  g.beginPath();
  g.arc(x, y, r, 0, 2 * Math.PI);
  g.fillStyle = ink.colour(isMachine ? "--tag-ground" : t.standing === "confirmed" ? "--tag-bad" : t.standing === "selected" ? "--mark-handle-edge" : "--mark-person");
  g.fill();
  g.lineWidth = 2;
  g.setLineDash(isMachine ? [4, 3] : []);
  g.strokeStyle = ink.colour(isMachine ? "--mark-machine" : "--mark-casing");
  g.stroke();
  g.setLineDash([]);
  g.fillStyle = ink.colour(isMachine ? "--tag-machine" : t.standing === "drawn" ? "--mark-casing" : "--tag-on-bad");
  g.font = `700 ${ink.size.sm}px ${ink.font}`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.fillText(String(n), x, y + 0.5);
}
