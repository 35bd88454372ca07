import type { LaneEditor } from "../../model/lanes/editor";
import type { Mode } from "../../model/lanes/sketch";
import { dateOf } from "../../model/lanes/ticks";
import { toNs, type Span } from "../../model/lanes/time";
import type { Reading } from "../../model/lanes/trace";
import type { LaneStrings } from "../../model/stage";
import { lookOf, type TraceLook } from "./looks";

/** One row of the gutter, in words. */
export interface GutterRow {
  readonly tag: string;
  readonly name: string;
  readonly unit: string;
  readonly value: string;
  readonly isRange: boolean; // the value is the two ends of a bucket
  readonly hi: string;
  readonly lo: string;
  readonly belongs: boolean;
  readonly look: TraceLook | undefined; // of its line, where all signals lie over one another
}

/** All that stands beside the lanes as plain elements; it follows from the editor. */
export interface Gutter {
  readonly rows: readonly GutterRow[];
  readonly head: string; // what the values are: a moment, or the peak within the interval
  readonly foot: string; // the day
  readonly strip: number; // CSS pixels
  readonly axis: number;
  readonly lane: number;
  readonly together: boolean;
  readonly scroll: number;
  readonly proposed: boolean; // the ticks are a machine's
  readonly mode: Mode;
  readonly range: string;
  readonly canRemove: boolean;
  readonly span: Span; // what is selected, else what is shown
}

export function gutterOf(editor: LaneEditor, strings: LaneStrings): Gutter {
  const { axis, data, cursor } = editor;
  const { layout, view } = axis;
  const mark = editor.selected ?? editor.marks.find((m) => !m.isFixed);
  const belonging = editor.belonging;
  const rows = data.lanes.map((lane, i): GutterRow => {
    const r = cursor === null ? undefined : data.reading(lane.tag, cursor);
    const value = cursor !== null ? readingWords(r, strings) : mark ? words(data.peak(lane.tag, mark.span), strings) : "";
    return {
      tag: lane.tag,
      name: lane.name,
      unit: lane.unit,
      value,
      isRange: r !== undefined && "min" in r,
      hi: strings.number(lane.scale.hi),
      lo: strings.number(lane.scale.lo),
      belongs: belonging.has(lane.tag),
      look: layout.together ? lookOf(i) : undefined,
    };
  });
  const { strip, lane, scroll } = layout;
  const moment = (ms: number): string => strings.moment(toNs(ms, data.base));
  return {
    rows, strip, axis: layout.axis, lane, scroll, together: layout.together,
    head: cursor !== null ? moment(cursor) : mark ? strings.peakHint : "",
    foot: dateOf(toNs(view.from, data.base) / 1e6),
    proposed: editor.pliable?.isProposal ?? false,
    mode: editor.mode,
    range: `${moment(view.from)} – ${moment(view.to)}`,
    span: editor.selected && !editor.selected.isInstant ? editor.selected.span : view,
    canRemove: editor.pliable !== undefined && !editor.pliable.isProposal,
  };
}

const words = (v: number | undefined, strings: LaneStrings): string => (v === undefined ? "–" : strings.number(v));

function readingWords(r: Reading, strings: LaneStrings): string {
  if (!r) return "–";
  return "value" in r ? strings.number(r.value) : `${strings.number(r.min)}…${strings.number(r.max)}`;
}

/** Whether nothing that is shown differs. */
export const sameGutter = (a: Gutter | null, b: Gutter): boolean => a !== null && JSON.stringify(a) === JSON.stringify(b);
