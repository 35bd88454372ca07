import type { Assistant } from "../../model/canvas/assistant";
import type { Camera } from "../../model/canvas/camera";
import { grown, type Area, type Point } from "../../model/canvas/geometry";
import { trimmed, type Mask } from "../../model/canvas/mask";
import { visible } from "../../model/canvas/viewport";
import type { WireMap } from "../../model/assist/trace";
import { Asker } from "./asker";
import { patchOf, type Patch } from "./pixels";
import type { Picture } from "./picture";

/** Longest side of what is looked at, px: a larger box or view is looked at more coarsely. */
const CUT_MOST = 1024;
const GROW_SIDE = 320;
const WIRE_MOST = 640;

/** Asks a worker about the pixels of the picture on the stage. The worker is started by the first question. */
export class PixelAssistant implements Assistant {
  private readonly asker = new Asker();

  constructor(
    private readonly picture: () => Picture | null,
    private readonly camera: Camera,
  ) {}

  async cutOut(box: Area): Promise<Mask | undefined> {
    const air = Math.max(4, Math.max(box.w, box.h) / 4); // what lies around tells what is background
    const patch = this.patch(grown(box, air), CUT_MOST);
    if (!patch) return undefined;
    const { area, grey } = patch;
    const k = grey.w / area.w;
    const x = Math.max(0, Math.floor((box.x - area.x) * k));
    const y = Math.max(0, Math.floor((box.y - area.y) * k));
    const inner = { x, y, w: Math.min(grey.w, Math.ceil((box.x + box.w - area.x) * k)) - x, h: Math.min(grey.h, Math.ceil((box.y + box.h - area.y) * k)) - y };
    const bits = await this.asker.ask({ ask: "cutout", grey, box: inner }, [grey.px.buffer as ArrayBuffer]);
    return bits && spread(bits, inner, { x: area.x + x / k, y: area.y + y / k }, 1 / k);
  }

  async grow(at: Point): Promise<Mask | undefined> {
    const patch = this.patch({ x: at.x - GROW_SIDE / 2, y: at.y - GROW_SIDE / 2, w: GROW_SIDE, h: GROW_SIDE }, GROW_SIDE);
    if (!patch) return undefined;
    const { area, grey } = patch;
    const x = Math.floor(at.x) - area.x;
    const y = Math.floor(at.y) - area.y;
    if (x < 0 || y < 0 || x >= grey.w || y >= grey.h) return undefined;
    const bits = await this.asker.ask({ ask: "grow", grey, x, y }, [grey.px.buffer as ArrayBuffer]);
    return bits && trimmed(bits, area);
  }

  async wire(from: Point): Promise<WireMap | undefined> {
    const { viewport, picture, stage } = this.camera;
    const patch = this.patch(visible(viewport, picture, stage), WIRE_MOST);
    if (!patch) return undefined;
    const { area, grey } = patch;
    const x = Math.floor(((from.x - area.x) / area.w) * grey.w);
    const y = Math.floor(((from.y - area.y) / area.h) * grey.h);
    if (x < 0 || y < 0 || x >= grey.w || y >= grey.h) return undefined;
    const back = await this.asker.ask({ ask: "wire", grey, x, y }, [grey.px.buffer as ArrayBuffer]);
    return back && { area, w: grey.w, h: grey.h, back };
  }

  close(): void {
    this.asker.close();
  }

  private patch(area: Area, most: number): Patch | undefined {
    const picture = this.picture();
    return picture ? patchOf(picture, this.camera.picture, area, most) : undefined;
  }
}

/** The mask of the bits of a window whose pixels are `by` pixels of the picture wide, from the picture's point on. */
function spread(bits: Uint8Array, { w, h }: { w: number; h: number }, at: Point, by: number): Mask | undefined {
  if (by <= 1) return trimmed(bits, { x: Math.round(at.x), y: Math.round(at.y), w, h });
  const rect = { x: Math.round(at.x), y: Math.round(at.y), w: Math.floor(w * by), h: Math.floor(h * by) };
  const wide = new Uint8Array(rect.w * rect.h);
  for (let y = 0, i = 0; y < rect.h; y++) {
    const row = Math.min(h - 1, Math.floor(y / by)) * w;
    for (let x = 0; x < rect.w; x++, i++) wide[i] = bits[row + Math.min(w - 1, Math.floor(x / by))] ?? 0;
  }
  return trimmed(wide, rect);
}
