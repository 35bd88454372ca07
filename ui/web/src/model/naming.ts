// How people call an item: short on a thumbnail, whole in the header.

import type { Row } from "./types";

/** The serial of the part, or the asset, or the end of the item's own id. */
export const serialOf = (row: Row): string => {
  const part = row.part ?? row.images?.[0]?.part;
  return part?.partId || (row.kind === "window" ? row.place.asset : row.images?.[0]?.name) || row.id.slice(-6);
};

/** The last piece of a serial, which is what changes from part to part. */
export const shortOf = (row: Row): string => {
  const serial = serialOf(row).replace(/\.(jpe?g|png|bmp|tiff?)$/i, "");
  const tail = serial.split(/[-_/ ]/).at(-1) ?? serial;
  return tail.length >= 3 ? tail.slice(-8) : serial.slice(-8);
};

/** What kind of part it is: product, else asset, else line. */
export const productOf = (row: Row): string => {
  const part = row.part ?? row.images?.[0]?.part;
  return part?.productId || row.place.asset || row.place.cell || row.place.line || row.place.site || row.id;
};
