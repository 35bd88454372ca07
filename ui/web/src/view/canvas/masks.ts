import type { Region } from "../../model/types";
import { spansOf } from "../../model/canvas/rle";
import type { Viewport } from "../../model/canvas/viewport";

/** How much of the photograph a mask covers inside, of 255; its edge covers it altogether. */
const INSIDE = 92;

/** Masks as pictures of their own rectangle, made once per region and colour. */
export class MaskCache {
  private readonly made = new WeakMap<Region, { colour: string; canvas: OffscreenCanvas }>();

  /** Draws a mask in a colour, its edge in that of the casing: white on bright metal would not be seen without it. Colours are #rrggbb. */
  draw(g: CanvasRenderingContext2D, r: Region, v: Viewport, colour: string, casing: string): void {
    const { rect } = r;
    if (!rect || !r.runs) return;
    const canvas = this.of(r, r.runs, rect, colour, casing);
    g.imageSmoothingEnabled = v.scale < 1;
    g.drawImage(canvas, rect.x * v.scale + v.x, rect.y * v.scale + v.y, rect.w * v.scale, rect.h * v.scale);
  }

  private of(r: Region, runs: readonly number[], rect: { w: number; h: number }, colour: string, casing: string): OffscreenCanvas {
    const known = this.made.get(r);
    if (known?.colour === colour) return known.canvas;
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(rect.w)), Math.max(1, Math.round(rect.h)));
    const g = canvas.getContext("2d");
    if (g) {
      const pixels = g.createImageData(canvas.width, canvas.height);
      shade(pixels, ringsOf(runs, canvas.width, canvas.height), rgbOf(colour), rgbOf(casing));
      g.putImageData(pixels, 0, 0);
    }
    this.made.set(r, { colour, canvas });
    return canvas;
  }
}

/** What a pixel of a mask is: outside, inside, on the second ring from the edge, on the edge itself. */
const Ring = { Out: 0, In: 1, Second: 2, Edge: 3 } as const;
type Ring = (typeof Ring)[keyof typeof Ring];

type Rgb = readonly [number, number, number];

function rgbOf(colour: string): Rgb {
  const [, r, g, b] = /^#(..)(..)(..)/.exec(colour) ?? [];
  return r && g && b ? [parseInt(r, 16), parseInt(g, 16), parseInt(b, 16)] : [128, 128, 128];
}

/** Writes the mask's pixels: see-through inside, the ring along its edge full, the edge itself in the colour of the casing. */
function shade({ data }: ImageData, rings: Uint8Array, colour: Rgb, casing: Rgb): void {
  for (let i = 0, at = 0; i < rings.length; i++, at += 4) {
    const ring = rings[i];
    if (ring === Ring.Out) continue;
    const [r, g, b] = ring === Ring.Edge ? casing : colour;
    data[at] = r;
    data[at + 1] = g;
    data[at + 2] = b;
    data[at + 3] = ring === Ring.In ? INSIDE : 255;
  }
}

function ringsOf(runs: readonly number[], w: number, h: number): Uint8Array {
  const rings = new Uint8Array(w * h);
  for (const s of spansOf(runs, w)) rings.fill(Ring.In, s.y * w + s.x, s.y * w + s.x + s.n);
  mark(rings, w, h, Ring.Out, Ring.Edge);
  mark(rings, w, h, Ring.Edge, Ring.Second);
  return rings;
}

/** Marks the inner pixels that touch a pixel of the kind `beside`; beyond the rectangle everything is outside. */
function mark(rings: Uint8Array, w: number, h: number, beside: Ring, as: Ring): void {
  const border = beside === Ring.Out;
  for (let y = 0, i = 0; y < h; y++) {
    for (let x = 0; x < w; x++, i++) {
      if (rings[i] !== Ring.In) continue;
      const left = x > 0 ? rings[i - 1] === beside : border;
      const right = x < w - 1 ? rings[i + 1] === beside : border;
      const above = y > 0 ? rings[i - w] === beside : border;
      const below = y < h - 1 ? rings[i + w] === beside : border;
      if (left || right || above || below) rings[i] = as;
    }
  }
}
