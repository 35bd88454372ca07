import { clamp, type Area, type Extent, type Point } from "./geometry";

/** How an image lies on the stage: screen = image * scale + (x, y). Scale is CSS pixels per image pixel. */
export interface Viewport {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** The largest magnification: one image pixel is 32 CSS pixels wide. */
export const MAX_SCALE = 32;

/** Above this scale pixels are drawn as squares, not smoothed. */
export const PIXEL_VIEW_SCALE = 4;

/** One step of the keys + and −. */
export const KEY_STEP = Math.SQRT2;

export const toScreen = (v: Viewport, p: Point): Point => ({ x: p.x * v.scale + v.x, y: p.y * v.scale + v.y });

export const toImage = (v: Viewport, p: Point): Point => ({ x: (p.x - v.x) / v.scale, y: (p.y - v.y) / v.scale });

export function areaToScreen(v: Viewport, r: Area): Area {
  return { x: r.x * v.scale + v.x, y: r.y * v.scale + v.y, w: r.w * v.scale, h: r.h * v.scale };
}

/** Where a picture is shown, in CSS pixels. Keys lie on the lowest part of it, or on the right one; a whole picture stands beside them. */
export interface Stage extends Extent {
  readonly foot?: number;
  readonly side?: number;
}

/** What the keys leave free, never less than half. */
const clear = (stage: Stage): Extent => ({
  w: Math.max(stage.w / 2, stage.w - (stage.side ?? 0)),
  h: Math.max(stage.h / 2, stage.h - (stage.foot ?? 0)),
});

const fits = (size: number, room: number): boolean => size < room + 0.01; // what is scaled to a room is not always as wide as the room

/** The scale at which the whole image fits the stage; at most 1:1 for tiny pictures times eight. */
export function fitScale(image: Extent, stage: Stage): number {
  if (image.w <= 0 || image.h <= 0) return 1;
  const free = clear(stage);
  return clamp(Math.min(free.w / image.w, free.h / image.h), 1e-4, 8);
}

export function fit(image: Extent, stage: Stage): Viewport {
  return centred(fitScale(image, stage), image, stage);
}

export function centred(scale: number, image: Extent, stage: Stage): Viewport {
  const free = clear(stage);
  const middle = (size: number, room: number, all: number): number => ((fits(size, room) ? room : all) - size) / 2;
  return { scale, x: middle(image.w * scale, free.w, stage.w), y: middle(image.h * scale, free.h, stage.h) };
}

/** The part of the image that the stage shows, in image pixels, cut at the image's edges. */
export function visible(v: Viewport, image: Extent, stage: Extent): Area {
  const a = toImage(v, { x: 0, y: 0 });
  const b = toImage(v, { x: stage.w, y: stage.h });
  const x = clamp(a.x, 0, image.w);
  const y = clamp(a.y, 0, image.h);
  return { x, y, w: clamp(b.x, 0, image.w) - x, h: clamp(b.y, 0, image.h) - y };
}

/** Keeps the picture in reach: a smaller picture stays centred, a larger one covers at least the middle of the stage. */
export function held(v: Viewport, image: Extent, stage: Stage): Viewport {
  const scale = clamp(v.scale, fitScale(image, stage) / 2, MAX_SCALE);
  const axis = (at: number, size: number, room: number, all: number): number =>
    fits(size, room) ? (room - size) / 2 : clamp(at, all / 2 - size, all / 2);
  const free = clear(stage);
  return { scale, x: axis(v.x, image.w * scale, free.w, stage.w), y: axis(v.y, image.h * scale, free.h, stage.h) };
}

/** Magnifies by factor; the image point under the screen point at stays where it is. */
export function zoomAt(v: Viewport, at: Point, factor: number, least = 0): Viewport {
  const scale = clamp(v.scale * factor, least, MAX_SCALE);
  const p = toImage(v, at);
  return { scale, x: at.x - p.x * scale, y: at.y - p.y * scale };
}

export const panned = (v: Viewport, dx: number, dy: number): Viewport => ({ scale: v.scale, x: v.x + dx, y: v.y + dy });

/** Two fingers that were at a0 and b0 and are now at a1 and b1: zoom about them and follow their middle. */
export function pinched(v: Viewport, a0: Point, b0: Point, a1: Point, b1: Point): Viewport {
  const before = Math.hypot(a0.x - b0.x, a0.y - b0.y);
  const after = Math.hypot(a1.x - b1.x, a1.y - b1.y);
  const factor = before > 1 ? after / before : 1;
  const mid = { x: (a0.x + b0.x) / 2, y: (a0.y + b0.y) / 2 };
  const zoomed = zoomAt(v, mid, factor);
  return panned(zoomed, (a1.x + b1.x) / 2 - mid.x, (a1.y + b1.y) / 2 - mid.y);
}

/** Brings an image area into view with air around it, without magnifying beyond most. */
export function framed(r: Area, image: Extent, stage: Stage, most: number): Viewport {
  const air = 1.6;
  const scale = Math.min(most, stage.w / Math.max(1, r.w * air), stage.h / Math.max(1, r.h * air));
  const v = { scale, x: stage.w / 2 - (r.x + r.w / 2) * scale, y: stage.h / 2 - (r.y + r.h / 2) * scale };
  return held(v, image, stage);
}

/** "69 %": the percentage of the original size, with device pixels counted as pixels would be on a plain screen. */
export function percent(v: Viewport): number {
  const p = v.scale * 100;
  return p >= 10 ? Math.round(p) : Math.round(p * 10) / 10;
}

/** Whether v shows the whole image and nothing else, to half a pixel. */
export function isFit(v: Viewport, image: Extent, stage: Stage): boolean {
  const f = fit(image, stage);
  return Math.abs(f.scale / v.scale - 1) < 1e-3 && Math.abs(f.x - v.x) < 0.5 && Math.abs(f.y - v.y) < 0.5;
}
