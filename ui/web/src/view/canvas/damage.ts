import type { Region } from "../../model/types";
import { areaOf } from "../../model/canvas/shape";
import { grown, type Area, type Extent, type Point } from "../../model/canvas/geometry";
import type { Scene } from "../../model/canvas/scene";
import { areaToScreen, type Viewport } from "../../model/canvas/viewport";

/** What a layer of regions showed when it was drawn. */
export interface Shown {
  readonly scene: Scene;
  readonly selected: string | undefined; // drawn elsewhere
  readonly viewport: Viewport; // on whole device pixels
  readonly stage: Extent;
  readonly look: readonly unknown[]; // everything else that changes all of it
}

/** How far strokes and their ends reach over a region's bounds, CSS pixels. */
export const REACH = 18;

/** With more changed regions than this, all is drawn anew. */
const MOST_CHANGED = 24;

/** The viewport moved by less than a device pixel, so that what is drawn can be shifted when the picture is. */
export function onPixels(v: Viewport, dpr: number): Viewport {
  return { scale: v.scale, x: Math.round(v.x * dpr) / dpr, y: Math.round(v.y * dpr) / dpr };
}

/** How a layer is brought up to date: what it holds is shifted, then the areas are drawn anew. */
interface Damage {
  readonly shift: Point; // CSS pixels
  readonly areas: readonly Area[];
}

/** What has to be drawn anew; undefined when that is everything. */
export function damageOf(was: Shown, now: Shown): Damage | undefined {
  const { stage } = now;
  const shift = { x: now.viewport.x - was.viewport.x, y: now.viewport.y - was.viewport.y };
  const sameLook = was.look.every((v, i) => v === now.look[i]) && was.stage.w === stage.w && was.stage.h === stage.h;
  if (!sameLook || was.viewport.scale !== now.viewport.scale || Math.abs(shift.x) >= stage.w || Math.abs(shift.y) >= stage.h) return undefined;
  const changed = changedBetween(was, now);
  if (changed.length > MOST_CHANGED) return undefined;
  const areas = changed.map((r) => grown(areaToScreen(now.viewport, areaOf(r)), REACH));
  return { shift, areas: [...stripsOf(shift, stage), ...areas] };
}

/** The parts of the stage that a shift brings into view. */
function stripsOf({ x, y }: Point, { w, h }: Extent): Area[] {
  const strips: Area[] = [];
  if (x !== 0) strips.push({ x: x > 0 ? 0 : w + x, y: 0, w: Math.abs(x), h });
  if (y !== 0) strips.push({ x: 0, y: y > 0 ? 0 : h + y, w, h: Math.abs(y) });
  return strips;
}

/** The regions that are drawn now and were not, and the other way round; one that changed counts twice, as what it was and as what it is. */
function changedBetween(was: Shown, now: Shown): Region[] {
  if (was.scene === now.scene && was.selected === now.selected) return [];
  const before = new Set(drawn(was));
  const came = drawn(now).filter((r) => !before.delete(r));
  return [...before, ...came];
}

const drawn = ({ scene, selected }: Shown): Region[] => [...scene.proposals, ...scene.regions].filter((r) => r.id !== selected);
