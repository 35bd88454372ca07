// How large a region is: in millimetres where the camera is calibrated, in pixels otherwise.

import { extentOf as inPixels } from "./canvas/extent";
import type { Image, Region } from "./types";

export interface Extent { length: number; width: number; area?: number; unit: "mm" | "px" }

/** The extent of a region on its picture; undefined for a point or a stretch of signals. */
export const extentOf = (r: Region, image: Image): Extent | undefined => {
  if (r.size) return { ...r.size, unit: "mm" };
  const px = inPixels(r);
  if (px.length === 0) return undefined;
  const scale = image.mmPerPx || 1;
  return { length: px.length * scale, width: px.width * scale, unit: image.mmPerPx ? "mm" : "px" };
};
