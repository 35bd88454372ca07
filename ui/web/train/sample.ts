import type { Grey } from "../src/model/assist/grey";
import type { Window } from "../src/model/assist/plane";
import { painted, place } from "./defect";
import { blurred, type Field } from "./field";
import { ground } from "./ground";
import type { Random } from "./random";

/** A picture with a defect, what a person would paint of it, and the box that a person drew around it. */
export interface Sample {
  readonly grey: Grey;
  readonly mask: Uint8Array; // one byte per pixel of the picture
  readonly box: Window;
}

const SIZES = { least: 8, most: 110 }; // px
const LEAST_AREA = 30; // px of a defect that is worth a mask
const LIGHT_ON_DARK = 0.15; // part of the pictures whose greys are turned round

/** Draws samples until one shows enough of its defect. */
export function sample(r: Random): Sample {
  for (;;) {
    const { grey, mask } = drawn(r, r.scale(SIZES.least, SIZES.most));
    const tight = boxOf(mask, grey.w);
    if (tight) return { grey, mask, box: loosened(r, tight, grey) };
  }
}

function drawn(r: Random, size: number): Pick<Sample, "grey" | "mask"> {
  const side = Math.ceil(size * 1.9 + 16);
  const bare = ground(r, side, side);
  const { depth, wider } = place(r, side, side, size, bare.inside);
  const seen = blurred(painted(r, bare, depth), r.between(0.2, 1.1));
  const noise = r.between(0, 3);
  const turned = r.chance(LIGHT_ON_DARK);
  const cut = cropped(r, side);
  return {
    grey: { w: cut.w, h: cut.h, px: pixels(seen, cut, (v) => (turned ? 255 - v : v) + noise * r.normal()) },
    mask: pixels(depth, cut, (d) => (d > -wider ? 1 : 0)),
  };
}

function pixels(of: Field, cut: Window, f: (v: number) => number): Uint8Array {
  return Uint8Array.from({ length: cut.w * cut.h }, (_, i) => {
    const v = of.v[(cut.y + Math.floor(i / cut.w)) * of.w + cut.x + (i % cut.w)] ?? 0;
    return Math.max(0, Math.min(255, Math.round(f(v))));
  });
}

/** The picture's own border sometimes runs through the defect. */
function cropped(r: Random, side: number): Window {
  const all = { x: 0, y: 0, w: side, h: side };
  if (!r.chance(0.25)) return all;
  const off = Math.floor(side * r.between(0.25, 0.5));
  switch (Math.floor(r.next() * 4)) {
    case 0: return { ...all, x: off, w: side - off };
    case 1: return { ...all, y: off, h: side - off };
    case 2: return { ...all, w: side - off };
    default: return { ...all, h: side - off };
  }
}

function boxOf(mask: Uint8Array, w: number): Window | undefined {
  const at = [...mask.keys()].filter((i) => mask[i] === 1);
  if (at.length < LEAST_AREA) return undefined;
  let [left, right] = [w, 0];
  for (const i of at) [left, right] = [Math.min(left, i % w), Math.max(right, i % w)];
  const [top, bottom] = [Math.floor(at[0]! / w), Math.floor(at.at(-1)! / w)];
  return { x: left, y: top, w: right - left + 1, h: bottom - top + 1 };
}

/** Looser by 2 px to 2 px and a seventh of the side at every side, as people draw, as far as the picture goes. */
function loosened(r: Random, { x, y, w, h }: Window, grey: Grey): Window {
  const loose = (side: number): number => Math.round(r.between(1.5, 2.5 + side / 7));
  const left = Math.max(0, x - loose(w)), top = Math.max(0, y - loose(h));
  return { x: left, y: top, w: Math.min(grey.w, x + w + loose(w)) - left, h: Math.min(grey.h, y + h + loose(h)) - top };
}
