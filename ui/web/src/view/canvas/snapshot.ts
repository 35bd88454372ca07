import type { ScaleBar } from "../../model/canvas/scalebar";
import type { Layer } from "./layer";

/** What a stage shows as a picture of its own, with the scale bar in its lower left corner. */
export function snapshotOf(layers: readonly Layer[], bar: ScaleBar, font: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const first = layers[0];
  const g = canvas.getContext("2d");
  if (!first || !g) return canvas;
  canvas.width = first.canvas.width;
  canvas.height = first.canvas.height;
  for (const layer of layers) g.drawImage(layer.canvas, 0, 0);
  g.setTransform(first.density, 0, 0, first.density, 0, 0);
  drawBar(g, bar, canvas.height / first.density, font);
  return canvas;
}

const MARGIN = 14; // CSS pixels

function drawBar(g: CanvasRenderingContext2D, bar: ScaleBar, h: number, font: string): void {
  const y = h - MARGIN;
  g.font = `500 14px ${font}`;
  g.lineJoin = "round";
  for (const [width, colour] of [[5, "#0d1113"], [2, "#e9ecee"]] as const) {
    g.lineWidth = width;
    g.strokeStyle = colour;
    g.beginPath();
    g.moveTo(MARGIN, y - 6);
    g.lineTo(MARGIN, y);
    g.lineTo(MARGIN + bar.width, y);
    g.lineTo(MARGIN + bar.width, y - 6);
    g.stroke();
  }
  g.strokeStyle = "#0d1113";
  g.lineWidth = 4;
  g.fillStyle = "#e9ecee";
  const words = `${bar.length} ${bar.unit}`;
  g.strokeText(words, MARGIN + 2, y - 12);
  g.fillText(words, MARGIN + 2, y - 12);
}
