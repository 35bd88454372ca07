import type { LaneEditor } from "../../model/lanes/editor";
import { handleBoxes } from "../../model/lanes/grips";
import type { Mark } from "../../model/lanes/marks";
import { placeStrip, type PlacedTag, type StripTag } from "../../model/lanes/strip";
import type { ClassView, LaneStrings } from "../../model/stage";
import type { Ink } from "../canvas/ink";
import { bandStyle, type BandContext } from "./bands";

export interface StripContext extends BandContext {
  readonly strings: LaneStrings;
  readonly numbers: ReadonlyMap<string, number> | undefined;
  classOf(id: string): ClassView | undefined;
}

/** Draws tags and handles into the strip above the lanes, never over a trace. */
export function drawStrip(g: CanvasRenderingContext2D, editor: LaneEditor, ctx: StripContext, ink: Ink): void {
  const { layout } = editor.axis;
  const selected = editor.selected;
  g.font = `700 ${ink.size.xxs}px ${ink.font}`;
  const others = editor.marks.filter((m) => m.id !== selected?.id && !ctx.rejected.has(m.id));
  const words = new Map(others.map((m) => [m.id, wordsFor(m, ctx)]));
  const gaps = gapTags(g, editor, ctx.strings);
  const tags = [...others.map((m) => tagOf(g, m, words.get(m.id) ?? "", editor)), ...gaps.map((t) => t.tag)];
  const placed = placeStrip(tags, layout.width, takenBy(selected, editor, ink));
  editor.setPlaced(placed.filter((p) => words.has(p.id)));
  for (const p of placed) drawGapWords(g, p, gaps.find((t) => t.tag.id === p.id)?.words, layout.strip, ink);
  for (const p of placed) {
    const m = others.find((o) => o.id === p.id);
    if (m) drawTag(g, m, p, words.get(m.id) ?? "", layout.strip, ctx, ink);
  }
  if (selected) drawSelected(g, selected, editor, ctx, ink);
}

function wordsFor(m: Mark, ctx: StripContext): string {
  if (m.words !== undefined) return m.words;
  const n = ctx.numbers?.get(m.id);
  if (n !== undefined) return String(n);
  const name = m.region.class === undefined ? undefined : (ctx.classOf(m.region.class)?.name ?? m.region.class);
  if (m.isProposal) return [name, m.score?.toFixed(2)].filter(Boolean).join(" ") || ctx.strings.unclassed;
  return name ?? ctx.strings.unclassed;
}

function tagOf(g: CanvasRenderingContext2D, m: Mark, words: string, { axis }: LaneEditor): StripTag {
  const rank = (m.isProposal ? 0 : 2) + (m.score ?? 0);
  return { id: m.id, x0: axis.x(m.span.from), x1: axis.x(m.span.to), w: Math.ceil(g.measureText(words).width) + 12, rank };
}

interface GapTag {
  readonly tag: StripTag;
  readonly words: string;
}

/** Why data are missing, once for all lanes that miss them. They give way to every mark. */
function gapTags(g: CanvasRenderingContext2D, { axis, data }: LaneEditor, strings: LaneStrings): GapTag[] {
  const seen = new Map<string, GapTag>();
  for (const lane of data.lanes) {
    for (const gap of lane.gaps) {
      const id = `gap ${gap.from} ${gap.to}`;
      const words = strings.gap(gap.gap.reason, gap.to - gap.from);
      const w = Math.ceil(g.measureText(words).width) + 8;
      seen.set(id, { words, tag: { id, x0: axis.x(gap.from), x1: axis.x(gap.from), w, rank: -1 } });
    }
  }
  return [...seen.values()];
}

function drawGapWords(g: CanvasRenderingContext2D, p: PlacedTag, words: string | undefined, strip: number, ink: Ink): void {
  if (words === undefined || !p.hasWords) return;
  g.font = `400 ${ink.size.xxs}px ${ink.font}`;
  g.fillStyle = ink.colour("--ink-2");
  g.textAlign = "left";
  g.textBaseline = "middle";
  g.fillText(words, p.x + 1, strip - ink.size.xxs * 0.65 - 4);
}

function takenBy(m: Mark | undefined, { axis }: LaneEditor, ink: Ink): [number, number][] {
  if (!m) return [];
  const boxes = handleBoxes(m, axis.view, axis.layout.width, ink.mm);
  return m.isInstant ? [[boxes.from[1] - 12, boxes.from[1] + 12]] : [[boxes.from[0], boxes.to[1]]];
}

function drawTag(g: CanvasRenderingContext2D, m: Mark, p: PlacedTag, words: string, strip: number, ctx: StripContext, ink: Ink): void {
  const h = Math.round(ink.size.xxs * 1.3 + 8);
  const y = strip - (p.hasWords ? h : 6);
  const s = bandStyle(m, false, false, ctx.confirmed);
  g.beginPath();
  g.roundRect(p.x + 0.75, y + 0.75, p.w - 1.5, (p.hasWords ? h : 6) - 0.75, [2, 2, 0, 0]);
  g.setLineDash([...s.dash]);
  g.lineWidth = 1.5;
  g.strokeStyle = ink.colour(s.colour);
  g.fillStyle = ink.colour(m.isProposal ? "--surface" : s.colour);
  g.fill();
  g.stroke();
  g.setLineDash([]);
  if (!p.hasWords) return;
  g.fillStyle = ink.colour(m.isProposal ? "--machine" : "--surface");
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.font = `700 ${ink.size.xxs}px ${ink.font}`;
  g.fillText(words, p.x + p.w / 2, y + h / 2 + 0.5);
}

/** The selected interval: its number or class between two handles that stand outside its edges. */
function drawSelected(g: CanvasRenderingContext2D, m: Mark, editor: LaneEditor, ctx: StripContext, ink: Ink): void {
  const { axis } = editor;
  const token = m.isProposal ? "--machine" : "--act";
  const top = 3;
  const bottom = axis.layout.strip;
  if (m.isInstant) {
    flag(g, axis.x(m.span.from), top, bottom, ink.colour(token));
    return;
  }
  const boxes = handleBoxes(m, axis.view, axis.layout.width, ink.mm);
  const [x0, x1] = [boxes.from[1], boxes.to[0]];
  g.fillStyle = ink.colour(token);
  g.fillRect(x0, top, x1 - x0, bottom - top);
  middleWords(g, m, x0, x1, (top + bottom) / 2, ctx, ink);
  if (m.isFixed) return;
  handle(g, boxes.from[0], top, boxes.from[1] - boxes.from[0], bottom - top, true, token, ink);
  handle(g, boxes.to[0], top, boxes.to[1] - boxes.to[0], bottom - top, false, token, ink);
}

function middleWords(g: CanvasRenderingContext2D, m: Mark, x0: number, x1: number, y: number, ctx: StripContext, ink: Ink): void {
  const left = Math.max(0, x0);
  const n = ctx.numbers?.get(m.id);
  const full = wordsFor(m, ctx);
  const choices: readonly (readonly [string, number])[] = [[full, ink.size.sm], [full, ink.size.xxs], [n === undefined ? "" : String(n), ink.size.sm]];
  g.fillStyle = ink.colour(m.isProposal ? "--surface" : "--on-act");
  g.textAlign = "center";
  g.textBaseline = "middle";
  for (const [words, size] of choices) {
    g.font = `700 ${size}px ${ink.font}`;
    if (g.measureText(words).width > x1 - left - 4) continue;
    g.fillText(words, (left + x1) / 2, y + 0.5);
    return;
  }
}

function handle(g: CanvasRenderingContext2D, x: number, y: number, w: number, h: number, isLeft: boolean, token: string, ink: Ink): void {
  g.beginPath();
  g.roundRect(x + 1, y + 1, w - 2, h - 1, isLeft ? [5, 0, 0, 0] : [0, 5, 0, 0]);
  g.fillStyle = ink.colour("--raised");
  g.fill();
  g.lineWidth = 2;
  g.strokeStyle = ink.colour(token);
  g.stroke();
  const cx = x + w / 2;
  const arm = Math.min(8, h * 0.24);
  g.beginPath();
  for (const d of [-3.5, 3.5]) {
    g.moveTo(cx + d, y + h / 2 - arm);
    g.lineTo(cx + d, y + h / 2 + arm);
  }
  g.stroke();
}

/** A moment: a flag with its foot on the line. */
function flag(g: CanvasRenderingContext2D, x: number, top: number, bottom: number, colour: string): void {
  g.fillStyle = colour;
  g.beginPath();
  g.moveTo(x, bottom);
  g.lineTo(x - 10, bottom - 12);
  g.lineTo(x - 10, top);
  g.lineTo(x + 10, top);
  g.lineTo(x + 10, bottom - 12);
  g.closePath();
  g.fill();
}
