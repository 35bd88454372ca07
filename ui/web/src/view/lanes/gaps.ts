import type { LaneEditor } from "../../model/lanes/editor";
import { laneTop, roomOf } from "../../model/lanes/layout";
import { xOf } from "../../model/lanes/time";
import type { Ink } from "../canvas/ink";

/** Hatches where data are known to be missing, lane by lane; the strip says why. */
export function drawGaps(g: CanvasRenderingContext2D, editor: LaneEditor, ink: Ink): void {
  const { view, layout } = editor.axis;
  g.save();
  g.beginPath();
  g.rect(0, layout.strip, layout.width, roomOf(layout));
  g.clip();
  const hatch = hatching(g, ink);
  editor.data.lanes.forEach((lane, i) => {
    const top = laneTop(layout, i);
    for (const gap of lane.gaps) {
      const x0 = Math.max(-2, xOf(gap.from, view, layout.width));
      const x1 = Math.min(layout.width + 2, Math.max(xOf(gap.to, view, layout.width), x0 + 3));
      if (x1 < 0 || x0 > layout.width) continue;
      hatched(g, hatch, x0, top, x1 - x0, layout.lane - 1, !layout.together, ink);
    }
  });
  g.restore();
}

function hatched(g: CanvasRenderingContext2D, hatch: CanvasPattern | string, x: number, y: number, w: number, h: number, covers: boolean, ink: Ink): void {
  if (covers) {
    g.fillStyle = ink.colour("--surface");
    g.fillRect(x, y, w, h);
  }
  g.fillStyle = hatch;
  g.fillRect(x, y, w, h);
  g.fillStyle = ink.colour("--line-strong");
  g.fillRect(Math.round(x), y, 1, h);
  g.fillRect(Math.round(x + w) - 1, y, 1, h);
}

const SIDE = 8;

/** Diagonal lines as a repeating pattern; the plain line colour where the browser gives none. */
function hatching(g: CanvasRenderingContext2D, ink: Ink): CanvasPattern | string {
  const tile = new OffscreenCanvas(SIDE, SIDE);
  const t = tile.getContext("2d");
  if (!t) return ink.colour("--line");
  t.strokeStyle = ink.colour("--line-strong");
  t.globalAlpha = 0.6;
  t.lineWidth = 1.25;
  for (const d of [-SIDE, 0, SIDE]) {
    t.moveTo(d - 1, SIDE + 1);
    t.lineTo(d + SIDE + 1, -1);
  }
  t.stroke();
  return g.createPattern(tile, "repeat") ?? ink.colour("--line");
}
