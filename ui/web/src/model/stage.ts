// What the two stages (picture and lanes) get from the page and give back: the contract between the screens and the stages.

import type { ReadonlySignal, Signal } from "@preact/signals-core";
import type { Editor } from "./canvas/editor";
import type { Point } from "./canvas/geometry";
import type { Spread, Tone } from "./tone/tone";
import type { Candidate, Gap, Image, KeptSpectrum, Region, SeriesBlock, Trace } from "./types";

export type Tool = "pan" | "box" | "rotated_box" | "polygon" | "wire" | "polyline" | "point" | "brush" | "erase" | "cutout" | "grow" | "measure";

/** A class as the page shows it: name in the language on screen, limit in mm where the taxonomy has one. */
export interface ClassView { id: string; name: string; key: string; icon: string; limit?: number; color?: string }

/** Where the picture's pixels come from. Original file for jpeg, png and bmp up to 4096 px on the longer side, tiles otherwise. */
export interface ImageSource {
  sha256: string;
  format: string;
  width: number; // px
  height: number; // px
  original: string; // URL
  preview: string; // URL, JPEG, longest side at most 1024
  tile(z: number, x: number, y: number): string; // URL, 512 × 512
  samples(z: number, x: number, y: number): string; // URL of the same tile's samples
  levels: number; // level `levels` is full resolution, 0 the smallest
  tiled: boolean;
}

/** Another way to look at the picture than as its file is. */
export interface Looks {
  readonly tone: ReadonlySignal<Tone | null>; // null: as the file is
  readonly zero: ReadonlySignal<number>; // count of a height map that is shown as height 0
  touched(value: number): void; // the value at the place that a person pressed last
  learnt(spread: Spread): void; // what values the picture holds, once its samples came
  readonly golden: ImageSource | null; // the good part's picture, while it is compared with
  readonly cover: ReadonlySignal<number>; // the part of the stage, from the left, that shows the good part in the place of the picture
  aligned(shift: Point | null): void; // how far the good part was moved to lie on this one, px; null: the two do not fit
  readonly beside: boolean; // the good part stands beside the picture, with the same zoom
  readonly panel: "none" | "tone" | "golden"; // whose controls are open
  toggle(panel: "tone" | "golden"): void;
}

export type LoadState = "loading" | "preview" | "ready" | "error";

/** Words of the picture stage. Everything it draws or speaks in words comes from here. */
export interface CanvasStrings {
  lang: "zh-CN" | "en";
  picture(camera: string, part: string): string; // aria-label of the stage
  proposal(name: string, score: number): string; // "建议：划痕 0.87"
  unclassed: string; // a region without class
  notCalibrated: string;
  fit: string; // aria-label of the percent button
  zoomIn: string;
  zoomOut: string;
  percent(zoom: number): string; // 1 is 100 %
  mm(v: number): string;
  px(v: number): string;
  extent(length: string, width: string): string; // "12.4 × 0.2"
  area(v: number): string; // mm²
  handle(side: "top" | "bottom" | "left" | "right" | "corner" | "turn"): string;
  point(n: number, of: number): string; // a point of a line, for the keyboard
  whole: string;
  remove: string;
  done: string;
  tone: string; // the keys that open the controls of the tone and of the good part
  compare: string;
  good: string; // badges of the two pictures
  part: string;
  reading(value: number, exact: boolean, mm: number | null): string; // "1 234 · 0.617 mm"
  undo: string; // takes back the last point or edit on the picture
  redo: string;
  snap: string; // the key that lets what is drawn hold on to what lies beside it
  save: string; // the picture as it is on screen, as a file
  brush: string; // aria-label of the brush's size
  thinner: string;
  thicker: string;
  hint: Record<Exclude<Tool, "pan">, string>; // one line of help while a tool is active
}

export interface ImageStageProps<Canvas = unknown> {
  image: Image;
  src: ImageSource;
  regions: Signal<Region[]>; // a person's regions, edited in place by replacing the array
  proposals: Region[]; // a machine's, dashed; never written to
  rejected?: ReadonlySet<string>; // ids of proposals that are drawn dotted
  confirmed: boolean; // the verdict on screen is NG: confirmed regions are drawn red
  selected: Signal<string | null>;
  tool: Signal<Tool>;
  numbers?: ReadonlyMap<string, number>; // joint items: number badge of a region or proposal
  classOf(id: string): ClassView | undefined;
  strings: CanvasStrings;
  onCommit(regions: Region[]): void; // after an edit is finished, with what `regions` now holds
  viewportKey: string; // zoom and position are kept between pictures with the same key
  attempt?: number; // a change loads the picture again
  next?(): ImageSource | undefined; // what is likely to be shown after this one; asked once this one is there
  onLoad?(state: LoadState): void;
  looks?: Looks;
  snap?: Signal<boolean>; // what is drawn holds on to edges of other regions and of the picture
  onEditor?(editor: Editor): void; // what edits the regions of this picture, once
  onCloseUp?(canvas: Canvas): void; // a canvas with the surroundings of the selected region, else the first proposal; again on every change
}

/** A stretch of signals on screen. Times are ms (floats) since base; base is UTC ns. */
export interface WindowView {
  base: number; // UTC ns
  from: number; // ms since base
  to: number; // ms since base, exclusive
  tags: string[]; // order of the lanes
  traces: Trace[];
  gaps: Gap[];
}

export interface LaneStrings {
  lang: "zh-CN" | "en";
  lane(name: string, unit: string): string; // aria-label of a lane's checkbox
  number(v: number): string;
  moment(ns: number): string; // clock of the page, with as many decimals as useful
  span(ms: number): string; // "4.8 s"
  gap(reason: string, ms: number): string;
  image: string; // label of the picture's moment
  noData: string;
  peakHint: string; // "peak within the interval"
  handle(side: "from" | "to"): string;
  interval(n: number): string;
  unclassed: string;
  fit: string;
  zoomIn: string;
  zoomOut: string;
  remove: string;
}

/** A stretch that stands beside what is being marked and is not changed there: another item of the asset. Times are UTC ns. */
export interface FixedMark { id: string; from: number; to: number; tags: string[]; open: boolean /* dashed: nobody has judged it */; words: string }

/** How a person likes to see and to mark signals; kept by the panel. */
export interface LaneWays {
  readonly together: Signal<boolean>; // all over one another instead of each in its lane
  readonly snap: Signal<boolean>; // edges jump to the change next to them
}

/** A stretch that people judged OK, moved into another one's time: ms since that one's base. */
export interface NormalView { readonly traces: ReadonlyMap<string, Trace>; readonly item: string; readonly at: number /* UTC ns */; readonly by: string }

/** The way to compare with a normal stretch. */
export interface Compare {
  readonly state: "off" | "loading" | "on" | "none" | "failed"; // none: nobody judged such a stretch OK
  readonly words: string;
  toggle(): void;
}

export interface LaneStageProps<Lead = unknown> {
  window: WindowView;
  candidates: Candidate[]; // dashed
  rejected?: ReadonlySet<string>;
  regions: Signal<Region[]>; // intervals and instants; image regions in the array are left alone
  selected: Signal<string | null>;
  numbers?: ReadonlyMap<string, number>;
  confirmed: boolean;
  moment?: number; // UTC ns, the picture's moment
  classOf(id: string): ClassView | undefined;
  strings: LaneStrings;
  load(from: number, to: number, n: number): Promise<SeriesBlock>; // UTC ns, UTC ns, buckets
  fixed?: readonly FixedMark[];
  intervalsOnly?: boolean; // no moments can be marked
  ways?: LaneWays;
  normal?: NormalView | undefined; // lies behind the traces
  compare?: Compare; // the key that puts it there; none without
  spectra?: boolean; // frequencies of what is selected can be looked at
  kept?: KeptSpectrum | undefined; // what a candidate held by frequency; on screen from the beginning
  lead?: Lead; // stands in the bar in the place of the range
  onCommit(regions: Region[]): void;
}
