import type { Region } from "../../model/types";
import { spansOf } from "../../model/canvas/rle";
import type { Viewport } from "../../model/canvas/viewport";

/** Masks as pictures of their own rectangle, made once per region and colour. */
export class MaskCache {
  private readonly made = new WeakMap<Region, { colour: string; canvas: OffscreenCanvas }>();

  draw(g: CanvasRenderingContext2D, r: Region, v: Viewport, colour: string): void {
    const { rect } = r;
    if (!rect || !r.runs) return;
    const canvas = this.of(r, r.runs, rect, colour);
    g.save();
    g.globalAlpha = 0.42;
    g.imageSmoothingEnabled = v.scale < 1;
    g.drawImage(canvas, rect.x * v.scale + v.x, rect.y * v.scale + v.y, rect.w * v.scale, rect.h * v.scale);
    g.restore();
  }

  private of(r: Region, runs: readonly number[], rect: { w: number; h: number }, colour: string): OffscreenCanvas {
    const known = this.made.get(r);
    if (known?.colour === colour) return known.canvas;
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(rect.w)), Math.max(1, Math.round(rect.h)));
    const g = canvas.getContext("2d");
    if (g) {
      g.fillStyle = colour;
      for (const s of spansOf(runs, canvas.width)) g.fillRect(s.x, s.y, s.n, 1);
    }
    this.made.set(r, { colour, canvas });
    return canvas;
  }
}
