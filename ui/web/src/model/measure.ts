// How large a region is: in millimetres where the camera is calibrated, in pixels otherwise.

import type { Image, Region } from "./types";

export interface Extent { length: number; width: number; area?: number; unit: "mm" | "px" }

const boundsOf = (r: Region): { w: number; h: number } | undefined => {
  if (r.rect) return { w: r.rect.w, h: r.rect.h };
  if (!r.points || r.points.length < 2) return undefined;
  const xs = r.points.map((p) => p[0]);
  const ys = r.points.map((p) => p[1]);
  return { w: Math.max(...xs) - Math.min(...xs), h: Math.max(...ys) - Math.min(...ys) };
};

/** The extent of a region on its picture; undefined for a point or a stretch of signals. */
export const extentOf = (r: Region, image: Image): Extent | undefined => {
  if (r.size) return { ...r.size, unit: "mm" };
  const scale = image.mmPerPx || 1;
  const unit = image.mmPerPx ? "mm" : "px";
  if (r.kind === "measure" && r.points?.length === 2) {
    const [a, b] = r.points as [[number, number], [number, number]];
    return { length: Math.hypot(a[0] - b[0], a[1] - b[1]) * scale, width: 0, unit };
  }
  const bounds = boundsOf(r);
  if (!bounds) return undefined;
  return { length: Math.max(bounds.w, bounds.h) * scale, width: Math.min(bounds.w, bounds.h) * scale, unit };
};
