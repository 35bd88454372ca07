import { shrunk, smoothed, type Grey } from "./grey";
import { ringPlane, strayOf, type Window } from "./plane";

/** Something stands out when, smoothed, it is so many standard deviations off the background. */
const LEAST_SIGMAS = 1.2;

/** A box larger than the square of this side is looked at more coarsely: what is so large is seen all the same. */
const MOST_SIDE = 160;
const MOST_RING = 16;

/** Whether anything in the box differs from the even background around it by more than that background's own noise. */
export function standsOut(g: Grey, box: Window): boolean {
  const by = Math.ceil(Math.sqrt(box.w * box.h) / MOST_SIDE);
  if (by > 1) return standsOut(shrunk(g, by), coarse(box, by));
  const plane = ringPlane(g, box, Math.max(3, Math.min(MOST_RING, Math.round(Math.min(box.w, box.h) * 0.2 + 3))));
  const strays = Float32Array.from({ length: box.w * box.h }, (_, i) => strayOf(g, plane, (box.y + Math.floor(i / box.w)) * g.w + box.x + (i % box.w)));
  return smoothed(strays, box.w, box.h).some((v) => Math.abs(v) >= LEAST_SIGMAS * plane.sigma);
}

const coarse = ({ x, y, w, h }: Window, by: number): Window => ({ x: Math.floor(x / by), y: Math.floor(y / by), w: Math.max(1, Math.floor(w / by)), h: Math.max(1, Math.floor(h / by)) });
