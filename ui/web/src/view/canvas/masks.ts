import type { Region } from "../../model/types";
import { spansOf } from "../../model/canvas/rle";
import type { Viewport } from "../../model/canvas/viewport";

/** How much of the photograph a mask lets through: inside, and along its edge. */
const INSIDE = 92;
const EDGE = 255;

/** Masks as pictures of their own rectangle, made once per region and colour. */
export class MaskCache {
  private readonly made = new WeakMap<Region, { colour: string; canvas: OffscreenCanvas }>();

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
      const rings = ringsOf(runs, canvas.width, canvas.height);
      const pixels = g.createImageData(canvas.width, canvas.height);
      shade(pixels, rings);
      g.putImageData(pixels, 0, 0);
      g.globalCompositeOperation = "source-in";
      g.fillStyle = colour;
      g.fillRect(0, 0, canvas.width, canvas.height);
      g.globalCompositeOperation = "source-over";
      encase(g, rings, canvas.width, casing);
    }
    this.made.set(r, { colour, canvas });
    return canvas;
  }
}

/** What a pixel of a mask is: outside, inside, on the second ring from the edge, on the edge itself. */
const Ring = { Out: 0, In: 1, Second: 2, Edge: 3 } as const;
type Ring = (typeof Ring)[keyof typeof Ring];

/** Writes the mask's transparency: the ring along its edge stands out, the edge itself stays free for its dark casing. */
function shade({ data }: ImageData, rings: Uint8Array): void {
  rings.forEach((ring, i) => {
    if (ring === Ring.In) data[i * 4 + 3] = INSIDE;
    else if (ring === Ring.Second) data[i * 4 + 3] = EDGE;
  });
}

/** The edge in the colour of a casing: white on bright metal would not be seen without it. */
function encase(g: OffscreenCanvasRenderingContext2D, rings: Uint8Array, w: number, colour: string): void {
  g.fillStyle = colour;
  rings.forEach((ring, i) => ring === Ring.Edge && g.fillRect(i % w, Math.floor(i / w), 1, 1));
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
  const is = (x: number, y: number): boolean => (x < 0 || y < 0 || x >= w || y >= h ? beside === Ring.Out : rings[y * w + x] === beside);
  for (let y = 0, i = 0; y < h; y++) {
    for (let x = 0; x < w; x++, i++) {
      if (rings[i] === Ring.In && (is(x - 1, y) || is(x + 1, y) || is(x, y - 1) || is(x, y + 1))) rings[i] = as;
    }
  }
}
