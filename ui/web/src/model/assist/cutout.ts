import { filled, kept } from "./bits";
import { unpacked } from "./codec";
import type { Grey } from "./grey";
import { forward } from "./net";
import type { Window } from "./plane";
import { AIR, cellsOf, INNER, shownOf, SIDE } from "./shown";
import { standsOut } from "./standsout";
import { WEIGHTS } from "./weights";

const NET = unpacked(WEIGHTS);

const LEAST_PART = 0.08; // pieces smaller than this part of the largest are noise

/**
 * The pixels of what stands out inside a box that a person drew around it: a small net that learnt from drawn defects says for each of
 * 32 by 32 cells of the box how likely it is the object's. One byte per pixel of the box, row by row; undefined when nothing stands out.
 */
export function cutOut(g: Grey, box: Window): Uint8Array | undefined {
  if (!standsOut(g, box)) return undefined;
  const odds = forward(NET, shownOf(g, box, cellsOf(g, box))).gave.at(-1);
  const bits = odds && likely(odds, box);
  const out = bits && filled(kept(bits, box.w, box.h, LEAST_PART), box.w, box.h);
  return out?.includes(1) ? out : undefined;
}

/** The pixels of the box that are likelier the object's than not, with the chances between the cells' middles on straight lines. */
function likely(odds: Float32Array, { w, h }: Window): Uint8Array {
  const chance = odds.map((z) => 1 / (1 + Math.exp(-z)));
  const at = (x: number, y: number): number => chance[(y + AIR) * SIDE + x + AIR] ?? 0;
  const columns = Array.from({ length: w }, (_, x) => between(x, w));
  const out = new Uint8Array(w * h);
  for (let y = 0, i = 0; y < h; y++) {
    const v = between(y, h);
    for (const u of columns) {
      const upper = at(u.cell, v.cell) * (1 - u.part) + at(u.cell + 1, v.cell) * u.part;
      const lower = at(u.cell, v.cell + 1) * (1 - u.part) + at(u.cell + 1, v.cell + 1) * u.part;
      out[i++] = upper * (1 - v.part) + lower * v.part > 0.5 ? 1 : 0;
    }
  }
  return out;
}

/** The last cell whose middle lies before that of a pixel, and how far on to the next cell's the pixel's is; within the box. */
function between(pixel: number, pixels: number): { cell: number; part: number } {
  const u = Math.max(0, Math.min(INNER - 1, ((pixel + 0.5) * INNER) / pixels - 0.5));
  const cell = Math.min(INNER - 2, Math.floor(u));
  return { cell, part: u - cell };
}
