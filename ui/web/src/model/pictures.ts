// Where pictures come from.

import type { ImageSource } from "./stage";
import type { Image } from "./types";

const tileSize = 512;
const largestOriginal = 4096; // px on the longer side; above it the page asks for tiles

/** The URLs of a picture under the API's base. */
export const sourceOf = (image: Image, base: string): ImageSource => {
  const url = `${base}/images/${image.sha256}`;
  const longest = Math.max(image.width, image.height);
  return {
    sha256: image.sha256,
    format: image.format,
    width: image.width,
    height: image.height,
    original: url,
    preview: `${url}/preview`,
    tile: (z, x, y) => `${url}/tiles/${z}/${x}_${y}`,
    samples: (z, x, y) => `${url}/samples/${z}/${x}_${y}`,
    levels: Math.max(0, Math.ceil(Math.log2(longest / tileSize))),
    tiled: longest > largestOriginal || !["jpeg", "png", "bmp"].includes(image.format),
  };
};
