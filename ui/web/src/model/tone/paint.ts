import type { Samples } from "../../wire/elp1";
import { evened, type Curves } from "./even";
import { paletteOf } from "./palette";
import { lumaAt } from "./samples";
import type { Tone } from "./tone";

/** What a tile needs to get its colours. */
export interface Job {
  readonly samples: Samples;
  readonly tone: Tone;
  readonly low: number; // the window
  readonly high: number;
  readonly curves?: Curves; // with tone.even
  readonly place: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }; // of the tile in the picture, 0..1
}

/** The tile's RGBA bytes, row by row. */
export function painted(job: Job): Uint8ClampedArray<ArrayBuffer> {
  const { samples, tone, curves } = job;
  if (curves && tone.even) return samples.channels === 3 && tone.colours === "grey" ? evenColours(job, curves) : evenGrey(job, curves);
  const level = levels(job);
  return samples.channels === 3 && tone.colours === "grey" ? windowed(samples, level, tone.invert) : mapped(job, level);
}

/** The level 0..255 of every value that a sample can have. */
function levels({ samples, low, high }: Job): Uint8Array {
  const out = new Uint8Array(1 << samples.bits);
  const scale = 255 / Math.max(1e-9, high - low);
  for (let v = 0; v < out.length; v++) out[v] = Math.max(0, Math.min(255, Math.round((v - low) * scale)));
  return out;
}

function mapped({ samples, tone }: Job, level: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const words = new Uint32Array(paletteOf(tone.colours, tone.invert).buffer);
  const out = new Uint32Array(samples.w * samples.h);
  const { px } = samples;
  if (samples.channels === 1) for (let i = 0; i < out.length; i++) out[i] = words[level[px[i]!]!]!;
  else for (let i = 0; i < out.length; i++) out[i] = words[level[Math.round(lumaAt(samples, i))]!]!;
  return new Uint8ClampedArray(out.buffer);
}

/** Each channel for itself, so that colours stay what they are. */
function windowed({ w, h, px }: Samples, level: Uint8Array, invert: boolean): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(w * h * 4).fill(255);
  const flip = invert ? 255 : 0;
  for (let i = 0, o = 0; o < out.length; i += 3, o += 4) for (let c = 0; c < 3; c++) out[o + c] = level[px[i + c]!]! ^ flip;
  return out;
}

function evenGrey({ samples, tone, place }: Job, curves: Curves): Uint8ClampedArray<ArrayBuffer> {
  const words = new Uint32Array(paletteOf(tone.colours, tone.invert).buffer);
  const out = new Uint32Array(samples.w * samples.h);
  for (let y = 0, i = 0; y < samples.h; y++) {
    const t = place.y + ((y + 0.5) / samples.h) * place.h;
    for (let x = 0; x < samples.w; x++, i++) {
      const u = place.x + ((x + 0.5) / samples.w) * place.w;
      out[i] = words[Math.round(evened(curves, lumaAt(samples, i), u, t))]!;
    }
  }
  return new Uint8ClampedArray(out.buffer);
}

/** Colours keep their hue: all channels grow as the luma does. */
function evenColours({ samples, tone, place }: Job, curves: Curves): Uint8ClampedArray<ArrayBuffer> {
  const { w, h, px } = samples;
  const out = new Uint8ClampedArray(w * h * 4).fill(255);
  for (let i = 0; i < w * h; i++) {
    const luma = lumaAt(samples, i);
    const u = place.x + (((i % w) + 0.5) / w) * place.w;
    const t = place.y + ((Math.floor(i / w) + 0.5) / h) * place.h;
    const gain = evened(curves, luma, u, t) / Math.max(1, luma);
    for (let c = 0; c < 3; c++) {
      const v = Math.min(255, px[3 * i + c]! * gain);
      out[4 * i + c] = tone.invert ? 255 - v : v;
    }
  }
  return out;
}
