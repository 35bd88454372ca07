import type { Region } from "../../model/types";
import type { Editor } from "../../model/canvas/editor";
import { boundsOf, grown, type Area, type Point } from "../../model/canvas/geometry";
import { areaOf } from "../../model/canvas/shape";
import type { Sketch } from "../../model/canvas/sketch";
import { areaToScreen } from "../../model/canvas/viewport";
import type { Ink } from "./ink";
import { sketchArea } from "./sketch";
import { drawNumber, drawTags, type TagInput } from "./tags";
import { inView, standingOf, type VectorContext } from "./vectors";
import { sizeWords, wordsFor } from "./words";

/** With more regions in view than this only the selected one carries a label. */
const MOST_TAGS = 40;

/** Draws the labels of everything in view, the selected region's and the sketch's first: those find a place before the others. Areas in taken stay free. */
export function drawLabels(g: CanvasRenderingContext2D, editor: Editor, ctx: VectorContext, ink: Ink, taken: readonly Area[]): void {
  const { camera: { stage }, selected } = editor;
  const seen = inView(editor);
  const crowd = seen.length > MOST_TAGS;
  const shown = seen.filter((r) => !crowd || r.id === selected?.id).map((r) => (selected && r.id === selected.id ? selected : r));
  const tags = shown.map((r) => tagFor(r, editor, ctx, ink));
  const sketch = sketchTag(editor, ctx);
  if (sketch) tags.push(sketch);
  const marks = [...taken, ...tags.map((t) => t.mark)];
  // A numbered finding says its words in the list beside the picture; the selected one shows its size here, while it is pulled too.
  for (const t of tags) if (t.number !== undefined) drawNumber(g, t, t.number, stage, ink);
  drawTags(g, tags.filter((t) => (t.number === undefined || t.must) && t.standing !== "rejected"), marks, stage, ink);
}

function tagFor(r: Region, editor: Editor, ctx: VectorContext, ink: Ink): TagInput {
  const isSelected = r.id === editor.selected?.id;
  const isProposal = editor.scene.isProposal(r.id) && editor.grip === undefined;
  return {
    id: r.id,
    mark: markOf(r, editor, ink),
    words: wordsFor(r, ctx.mmPerPx, ctx),
    standing: isSelected && !isProposal ? "selected" : standingOf(r, editor, ctx),
    number: ctx.numbers?.get(r.id),
    must: isSelected,
  };
}

/** What a label must stay clear of: the region, and the handles of the selected one. */
function markOf(r: Region, editor: Editor, ink: Ink): Area {
  const area = areaToScreen(editor.camera.viewport, areaOf(r));
  if (r.kind === "point") return grown(area, 14);
  if (r.id !== editor.selected?.id) return area;
  if (r.kind === "rotated_box") return grown(area, editor.turnOff * editor.camera.viewport.scale + ink.mm * 1.5);
  return grown(area, r.kind === "box" ? Math.max(6, ink.mm * 2.6) : Math.max(5, ink.mm * 1.4));
}

/** The size of what is being drawn. */
function sketchTag(editor: Editor, ctx: VectorContext): TagInput | undefined {
  const area = sketchArea(editor.sketch, editor.camera.viewport);
  const shape = shapeOf(editor.sketch);
  if (!area || !shape) return undefined;
  const words = { name: "", size: sizeWords(shape, ctx.mmPerPx, ctx.strings) };
  return words.size === "" ? undefined : { id: "sketch", mark: grown(area, 6), words, standing: "selected", number: undefined, must: true };
}

const pairs = (points: readonly Point[]): [number, number][] => points.map(({ x, y }) => [x, y]);

/** The sketch as the region it would be if it ended now. */
function shapeOf(s: Sketch): Region | undefined {
  switch (s.as) {
    case "boxdrag":
      return { id: "sketch", kind: "box", rect: boundsOf([s.from, s.to]) };
    case "measure":
      return { id: "sketch", kind: "measure", points: pairs([s.from, s.to]) };
    case "polyline":
    case "polygon":
      return { id: "sketch", kind: s.as, points: pairs(s.next ? [...s.points, s.next] : s.points) };
    case "wire":
      return { id: "sketch", kind: "polygon", points: pairs([...s.points, ...s.ahead]) };
    default:
      return undefined;
  }
}
