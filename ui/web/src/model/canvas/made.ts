import type { Region } from "../types";
import { distance, middle, type Extent, type Point } from "./geometry";
import type { Mask } from "./mask";
import { drawnBox, drawnPoints, stepped } from "./shape";
import type { Made } from "./sketch";

/** Where a drawn shape belongs. */
export interface Belonging {
  readonly id: string;
  readonly image: string; // sha256
  readonly extent: Extent;
}

/** What becomes a region at once; a stroke of the brush changes one, and the others ask the assistant first. */
export type Shaped = Exclude<Made, { shape: "paint" | "cutout" | "grow" }>;

/** Width of a fresh rotated box as a part of its length, and at least, in px: its sides are pulled to the defect's next. */
const AXIS_WIDTH = 0.16;
const LEAST_WIDTH = 4;

/** The region of a finished shape, cut at the picture's edges; a box that grew keeps all but the place of the one before it. */
export function regionOf(made: Shaped, grew: Region | undefined, { id, image, extent }: Belonging): Region {
  if (made.shape === "axis") return turnedBox(made.from, made.to, { id, image, extent });
  if (made.shape !== "box") return drawnPoints(id, image, made.shape, made.points, extent);
  const box = drawnBox(id, image, made.area, extent);
  return grew && box.rect ? { ...grew, rect: box.rect } : box;
}

export const maskRegion = (mask: Mask, { id, image }: Belonging): Region => ({ id, kind: "mask", origin: "person", image, ...mask });

function turnedBox(from: Point, to: Point, { id, image }: Belonging): Region {
  const w = stepped(distance(from, to));
  const h = stepped(Math.max(LEAST_WIDTH, w * AXIS_WIDTH));
  const c = middle(from, to);
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  const upright = angle > 90 ? angle - 180 : angle <= -90 ? angle + 180 : angle;
  return { id, kind: "rotated_box", origin: "person", image, rect: { x: stepped(c.x - w / 2), y: stepped(c.y - h / 2), w, h }, angle: Math.round(upright * 10) / 10 };
}
