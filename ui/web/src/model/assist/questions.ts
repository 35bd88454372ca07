import { cutOut } from "./cutout";
import type { Grey } from "./grey";
import { grow } from "./grow";
import type { Window } from "./plane";
import { shiftBetween } from "./register";
import { painted, type Job } from "../tone/paint";
import { wayback } from "./wire";

/** What the page asks its worker about a window of the picture; coordinates are pixels of that window. */
export type Question =
  | { readonly ask: "cutout"; readonly id: number; readonly grey: Grey; readonly box: Window }
  | { readonly ask: "grow"; readonly id: number; readonly grey: Grey; readonly x: number; readonly y: number }
  | { readonly ask: "wire"; readonly id: number; readonly grey: Grey; readonly x: number; readonly y: number }
  | { readonly ask: "align"; readonly id: number; readonly a: Grey; readonly b: Grey }
  | { readonly ask: "tone"; readonly id: number; readonly job: Job };

/** One byte per pixel: of the box, of the window, or the ways back; of a tone RGBA; of two pictures dx and dy as floats. Absent when there is nothing to say. */
export interface Answer {
  readonly id: number;
  readonly bytes?: Uint8Array;
}

export function answer(q: Question): Answer {
  const bytes = bytesFor(q);
  return bytes ? { id: q.id, bytes } : { id: q.id };
}

function bytesFor(q: Question): Uint8Array | undefined {
  switch (q.ask) {
    case "cutout":
      return cutOut(q.grey, q.box);
    case "grow":
      return grow(q.grey, q.x, q.y);
    case "wire":
      return wayback(q.grey, q.x, q.y);
    case "align": {
      const shift = shiftBetween(q.a, q.b);
      return shift && new Uint8Array(Float32Array.of(shift.dx, shift.dy).buffer);
    }
    case "tone":
      return new Uint8Array(painted(q.job).buffer);
  }
}
