import type { Region } from "../../model/types";
import type { Editor } from "../../model/canvas/editor";
import { centreOf } from "../../model/canvas/geometry";
import { areaOf } from "../../model/canvas/shape";
import { fitScale, MAX_SCALE } from "../../model/canvas/viewport";
import { Layer } from "./layer";
import type { Picture } from "./picture";

/** Side of the close-up in mm, and how much larger than the whole picture it shows. */
const SIDE_MM = 24;
const TIMES = 4;

/** A small square canvas with the surroundings of one region. Nothing is drawn over the picture. */
export class CloseUp {
  private readonly layer = new Layer(document.createElement("canvas"), true);

  constructor(private readonly ground: () => string) {
    this.layer.canvas.className = "stage-closeup";
  }

  /** Draws the selected region's surroundings, else the first proposal's; gives undefined when there is neither. */
  draw(editor: Editor, picture: Picture, mm: number, dpr: number): HTMLCanvasElement | undefined {
    const region = editor.selected ?? editor.scene.proposals[0] ?? editor.scene.regions[0];
    if (!region) return undefined;
    const side = Math.round(SIDE_MM * mm);
    this.layer.resize({ w: side, h: side }, dpr);
    const g = this.layer.begin();
    g.fillStyle = this.ground();
    g.fillRect(0, 0, side, side);
    const scale = scaleFor(region, editor, side);
    const c = centreOf(areaOf(region));
    picture.draw(g, { scale, x: side / 2 - c.x * scale, y: side / 2 - c.y * scale }, { w: side, h: side }, dpr);
    const times = scale / fitScale(editor.camera.picture, editor.camera.stage);
    this.layer.canvas.dataset["zoom"] = times < 10 ? String(Math.round(times * 10) / 10) : String(Math.round(times));
    return this.layer.canvas;
  }
}

/** Four times the whole picture, less where the region would not fit with a margin. */
function scaleFor(r: Region, editor: Editor, side: number): number {
  const a = areaOf(r);
  const whole = fitScale(editor.camera.picture, editor.camera.stage);
  const fits = side / (Math.max(a.w, a.h, 1) * 1.3);
  return Math.min(whole * TIMES, Math.max(fits, whole * 0.5), MAX_SCALE);
}
