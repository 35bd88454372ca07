import type { Region } from "../types";
import type { Extent } from "./geometry";
import { drawnBox, drawnPoints } from "./shape";
import type { Made } from "./sketch";

/** Where a drawn shape belongs. */
export interface Belonging {
  readonly id: string;
  readonly image: string; // sha256
  readonly extent: Extent;
}

/** The region of a finished shape, cut at the picture's edges; a box that grew keeps all but the place of the one before it. */
export function regionOf(made: Made, grew: Region | undefined, { id, image, extent }: Belonging): Region {
  if (made.shape !== "box") return drawnPoints(id, image, made.shape, made.points, extent);
  const box = drawnBox(id, image, made.area, extent);
  return grew && box.rect ? { ...grew, rect: box.rect } : box;
}
