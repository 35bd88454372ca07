import type { CanvasStrings, ClassView } from "../../model/stage";
import type { Region, Size } from "../../model/types";
import { extentOf } from "../../model/canvas/extent";

/** A region's label in words: its class and its size, in mm where the camera is calibrated. */
export interface RegionWords {
  readonly name: string;
  readonly size: string;
}

export interface Vocabulary {
  readonly strings: CanvasStrings;
  classOf(id: string): ClassView | undefined;
}

/** The name says the class only: the dashed line already says that a machine proposes it, and how sure it is stands in the side panel. */
export function wordsFor(r: Region, mmPerPx: number, { strings, classOf }: Vocabulary): RegionWords {
  const known = r.class === undefined ? undefined : classOf(r.class)?.name;
  const name = known ?? r.class ?? (r.kind === "measure" ? "" : strings.unclassed);
  return { name, size: sizeWords(r, mmPerPx, strings) };
}

export function sizeWords(r: Region, mmPerPx: number, strings: CanvasStrings): string {
  if (mmPerPx > 0 && r.size && r.size.length > 0 && r.kind !== "measure") return measured(r.size, strings) + areaWords(r, r.size.area, strings);
  const px = extentOf(r);
  if (px.length === 0) return "";
  const unit = (v: number): string => (mmPerPx > 0 ? strings.mm(v * mmPerPx) : strings.px(v));
  if (r.kind === "measure" && mmPerPx > 0) return `${strings.mm(px.length * mmPerPx)} · ${strings.px(px.length)}`;
  if (px.width === 0) return unit(px.length);
  return strings.extent(bare(unit(px.length)), unit(px.width)) + areaWords(r, px.area * mmPerPx * mmPerPx, strings);
}

/** Boxes say two sides; what has an outline of its own says its area too, in mm². */
function areaWords(r: Region, area: number, strings: CanvasStrings): string {
  return (r.kind === "mask" || r.kind === "polygon") && area > 0 ? ` · ${strings.area(area)}` : "";
}

/** What was measured, by a detector perhaps finer than its box is. */
function measured(size: Size, strings: CanvasStrings): string {
  return size.width > 0 ? strings.extent(bare(strings.mm(size.length)), strings.mm(size.width)) : strings.mm(size.length);
}

/** The unit is said once, after the last number. */
const bare = (words: string): string => words.replace(/\s*(mm|px)$/, "");
