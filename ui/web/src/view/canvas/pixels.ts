import type { Area, Extent } from "../../model/canvas/geometry";
import { greyOf, type Grey } from "../../model/assist/grey";
import type { Picture } from "./picture";

/** A part of the picture as grey pixels, coarser than the picture where it would be more than `most` pixels wide or high. */
export interface Patch {
  readonly area: Area; // px of the picture, whole numbers
  readonly grey: Grey;
}

/** Reads the part of the picture inside the area. Of a picture in tiles it reads what is there: the preview until finer tiles came. */
export function patchOf(picture: Picture, image: Extent, area: Area, most: number): Patch | undefined {
  const x = Math.max(0, Math.floor(area.x));
  const y = Math.max(0, Math.floor(area.y));
  const whole: Area = { x, y, w: Math.min(image.w, Math.ceil(area.x + area.w)) - x, h: Math.min(image.h, Math.ceil(area.y + area.h)) - y };
  if (whole.w < 1 || whole.h < 1) return undefined;
  const scale = Math.min(1, most / Math.max(whole.w, whole.h));
  const size = { w: Math.max(1, Math.round(whole.w * scale)), h: Math.max(1, Math.round(whole.h * scale)) };
  const canvas = document.createElement("canvas");
  canvas.width = size.w;
  canvas.height = size.h;
  const g = canvas.getContext("2d", { willReadFrequently: true });
  if (!g) return undefined;
  picture.draw(g, { scale, x: -x * scale, y: -y * scale }, size, 1);
  return { area: whole, grey: greyOf(g.getImageData(0, 0, size.w, size.h).data, size.w, size.h) };
}
