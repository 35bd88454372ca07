import type { Area, Extent } from "../../model/canvas/geometry";
import { areaToScreen, PIXEL_VIEW_SCALE, visible, type Viewport } from "../../model/canvas/viewport";

/** Pixels that can be drawn at any magnification. */
export interface Picture {
  /** Draws what the viewport shows of the picture onto a stage of that size; the context counts CSS pixels. */
  draw(g: CanvasRenderingContext2D, v: Viewport, stage: Extent, dpr: number): void;
  close(): void;
}

/** Draws part of a bitmap that shows whole (both px of the original) where the viewport puts it. */
export function paint(g: CanvasRenderingContext2D, bitmap: ImageBitmap, whole: Area, part: Area, v: Viewport): void {
  paintAt(g, bitmap, whole, part, v, areaToScreen(v, part));
}

/** The same, on whole device pixels: neighbouring tiles then meet without a seam. */
export function paintSnapped(g: CanvasRenderingContext2D, bitmap: ImageBitmap, whole: Area, v: Viewport, dpr: number): void {
  const at = areaToScreen(v, whole);
  const snap = (css: number): number => Math.round(css * dpr) / dpr;
  const x = snap(at.x);
  const y = snap(at.y);
  paintAt(g, bitmap, whole, whole, v, { x, y, w: snap(at.x + at.w) - x, h: snap(at.y + at.h) - y });
}

function paintAt(g: CanvasRenderingContext2D, bitmap: ImageBitmap, whole: Area, part: Area, v: Viewport, at: Area): void {
  if (part.w <= 0 || part.h <= 0) return;
  const kx = bitmap.width / whole.w;
  const ky = bitmap.height / whole.h;
  g.imageSmoothingEnabled = v.scale < PIXEL_VIEW_SCALE;
  g.imageSmoothingQuality = v.scale < 1 ? "medium" : "low";
  g.drawImage(
    bitmap,
    (part.x - whole.x) * kx, (part.y - whole.y) * ky, part.w * kx, part.h * ky,
    at.x, at.y, at.w, at.h,
  );
}

/** The part of the picture to draw: what is visible, widened to whole pixels so that their squares do not tremble while panning. */
function wholePixels(v: Viewport, image: Extent, stage: Extent): Area {
  const a = visible(v, image, stage);
  const x = Math.floor(a.x);
  const y = Math.floor(a.y);
  return { x, y, w: Math.min(image.w, Math.ceil(a.x + a.w)) - x, h: Math.min(image.h, Math.ceil(a.y + a.h)) - y };
}

/** Halves are made down to this longest side. */
const SMALLEST = 700;

/** A picture that is in memory as a whole, with halves of it for small magnifications: sharp and quick to draw at any size. */
export class WholePicture implements Picture {
  private closed = false;

  constructor(
    private readonly halves: ImageBitmap[], // the picture, then what there is of halves
    private readonly image: Extent,
    private readonly changed: () => void,
    private readonly blurred = false,
  ) {
    if (!blurred) void this.halve();
  }

  draw(g: CanvasRenderingContext2D, v: Viewport, stage: Extent, dpr: number): void {
    const wanted = Math.max(0, Math.floor(-Math.log2(Math.min(1, v.scale * dpr)) + 0.05));
    const bitmap = this.halves[Math.min(wanted, this.halves.length - 1)];
    if (!bitmap || this.closed) return;
    const whole = { x: 0, y: 0, w: this.image.w, h: this.image.h };
    if (this.blurred) g.filter = "blur(5px)";
    paint(g, bitmap, whole, wholePixels(v, this.image, stage), v);
    g.filter = "none";
  }

  close(): void {
    this.closed = true;
    for (const b of this.halves) b.close();
  }

  private async halve(): Promise<void> {
    const least = this.halves.at(-1);
    if (!least) return;
    for await (const half of halvesOf(least)) {
      if (this.closed) return half.close();
      this.halves.push(half);
      this.changed();
    }
  }
}

/** Halves of a bitmap, each of the one before, down to what suits a small stage. */
export async function* halvesOf(bitmap: ImageBitmap): AsyncGenerator<ImageBitmap> {
  for (let last: ImageBitmap | undefined = bitmap; last && Math.max(last.width, last.height) > SMALLEST;) {
    last = await halfOf(last);
    if (last) yield last;
  }
}

/** Half the bitmap, or undefined where the browser has no memory for it: then the large one is drawn. */
async function halfOf(b: ImageBitmap): Promise<ImageBitmap | undefined> {
  try {
    const size = { resizeWidth: Math.max(1, b.width >> 1), resizeHeight: Math.max(1, b.height >> 1) };
    return await createImageBitmap(b, { ...size, resizeQuality: "medium" });
  } catch {
    return undefined;
  }
}
