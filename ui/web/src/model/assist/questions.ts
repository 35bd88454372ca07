import { cutOut } from "./cutout";
import type { Grey } from "./grey";
import { grow } from "./grow";
import type { Window } from "./plane";
import { painted, type Job } from "../tone/paint";
import { wayback } from "./wire";

/** What the page asks its worker about a window of the picture; coordinates are pixels of that window. */
export type Question =
  | { readonly ask: "cutout"; readonly id: number; readonly grey: Grey; readonly box: Window }
  | { readonly ask: "grow"; readonly id: number; readonly grey: Grey; readonly x: number; readonly y: number }
  | { readonly ask: "wire"; readonly id: number; readonly grey: Grey; readonly x: number; readonly y: number }
  | { readonly ask: "tone"; readonly id: number; readonly job: Job };

/** One byte per pixel: of the box, of the window, or the ways back; of a tone RGBA. Absent when there is nothing to say. */
export interface Answer {
  readonly id: number;
  readonly bytes?: Uint8Array;
}

export function answer(q: Question): Answer {
  if (q.ask === "tone") return { id: q.id, bytes: new Uint8Array(painted(q.job).buffer) };
  const bytes = q.ask === "cutout" ? cutOut(q.grey, q.box) : q.ask === "grow" ? grow(q.grey, q.x, q.y) : wayback(q.grey, q.x, q.y);
  return bytes ? { id: q.id, bytes } : { id: q.id };
}
