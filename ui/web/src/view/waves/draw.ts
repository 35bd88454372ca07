import { scaleFor } from "../../model/lanes/scale";
import type { Spectrogram, Spectrum } from "../../model/waves/spectrum";
import type { Ink } from "../canvas/ink";

/** Where a figure's axes lie, CSS pixels. */
export interface Frame {
  readonly w: number;
  readonly h: number;
  readonly left: number;
  readonly bottom: number;
}

export const frameOf = (w: number, h: number, ink: Ink): Frame => ({ w, h, left: Math.ceil(ink.size.xxs * 5), bottom: Math.ceil(ink.size.xxs * 2) });

const HARMONICS = 6;
const ROWS = 3; // of names, so that neighbours do not cover each other
const TICKS = [1, 2, 2.5, 5, 10];

/** Round distances between ticks so that about `n` fit into the range. */
function tickStep(range: number, n: number): number {
  const rough = range / Math.max(1, n);
  const ten = 10 ** Math.floor(Math.log10(rough));
  return (TICKS.find((t) => t * ten >= rough) ?? 10) * ten;
}

/** A spectrum with its unit, and the frequencies of parts of the machine. */
export interface Drawn extends Spectrum {
  readonly unit: string;
  readonly lines: readonly { readonly name: string; readonly hz: number }[];
}

export function drawSpectrum(g: CanvasRenderingContext2D, f: Frame, s: Drawn, cursor: number | null, number: (v: number) => string, ink: Ink): void {
  const most = s.step * (s.rms.length - 1);
  const top = scaleFor(0, Math.max(1e-12, ...s.rms.subarray(1))).hi;
  const room = f.h - f.bottom;
  const x = (hz: number): number => f.left + (hz / most) * (f.w - f.left - 6);
  const y = (v: number): number => room - (v / top) * (room - 8);
  axisX(g, f, most, x, number, ink);
  axisWords(g, f, [[y(top), `${number(top)} ${s.unit}`], [y(top / 2), number(top / 2)]], ink);
  s.lines.forEach((line, i) => line.hz <= most && named(g, x(line.hz), room, line.name, i % ROWS, ink));
  if (cursor !== null) for (let k = 1; k <= HARMONICS && cursor * k <= most; k++) harmonic(g, x(cursor * k), room, k, ink);
  g.beginPath();
  s.rms.forEach((v, k) => (k === 0 ? g.moveTo(x(0), y(v)) : g.lineTo(x(k * s.step), y(v))));
  g.strokeStyle = ink.colour("--trace");
  g.lineWidth = 1.25;
  g.stroke();
}

/** Dashed, as all that a machine says. */
function named(g: CanvasRenderingContext2D, x: number, room: number, name: string, row: number, ink: Ink): void {
  g.setLineDash([4, 3]);
  g.strokeStyle = ink.colour("--machine");
  g.lineWidth = 1;
  g.beginPath();
  g.moveTo(Math.round(x) + 0.5, 0);
  g.lineTo(Math.round(x) + 0.5, room);
  g.stroke();
  g.setLineDash([]);
  g.font = `500 ${ink.size.xxs}px ${ink.font}`;
  g.fillStyle = ink.colour("--machine");
  g.textAlign = "left";
  g.textBaseline = "top";
  g.fillText(name, x + 4, (row + 1) * (ink.size.xxs + 3));
}

function harmonic(g: CanvasRenderingContext2D, x: number, room: number, k: number, ink: Ink): void {
  g.fillStyle = ink.colour("--act");
  g.globalAlpha = k === 1 ? 1 : 0.6;
  g.fillRect(Math.round(x), 0, k === 1 ? 2 : 1, room);
  g.globalAlpha = 1;
  g.font = `500 ${ink.size.xxs}px ${ink.font}`;
  g.textAlign = "left";
  g.textBaseline = "top";
  g.fillText(`×${k}`, x + 4, 2);
}

/** Loud is dark on a light theme and light on a dark one; 60 dB from the loudest down. */
export function drawSpectrogram(g: CanvasRenderingContext2D, f: Frame, s: Spectrogram, rate: number, cursor: number | null, number: (v: number) => string, ink: Ink): void {
  const picture = pictureOf(s, ink);
  const room = f.h - f.bottom;
  const most = s.step * s.bins;
  if (picture) {
    g.imageSmoothingEnabled = false;
    g.drawImage(picture, f.left, 0, f.w - f.left - 6, room);
  }
  const step = tickStep(most, room / (ink.size.xxs * 3));
  const y = (hz: number): number => room - (hz / most) * room;
  axisWords(g, f, Array.from({ length: Math.floor(most / step) }, (_, i) => [y((i + 1) * step), `${number((i + 1) * step)}${i === 0 ? " Hz" : ""}`] as const), ink);
  const seconds = ((s.frames - 1) * s.hop + s.window) / rate;
  axisX(g, f, seconds, (t) => f.left + (t / seconds) * (f.w - f.left - 6), number, ink, "s");
  if (cursor === null || cursor > most) return;
  g.fillStyle = ink.colour("--act");
  g.fillRect(f.left, Math.round(y(cursor)), f.w - f.left - 6, 1.5);
}

const RANGE = 60; // dB

function pictureOf(s: Spectrogram, ink: Ink): OffscreenCanvas | undefined {
  if (s.frames === 0) return undefined;
  const canvas = new OffscreenCanvas(s.frames, s.bins);
  const g = canvas.getContext("2d");
  if (!g) return undefined;
  const top = s.db.reduce((m, v) => Math.max(m, v), -Infinity);
  const [low, high] = [rgb(ink.colour("--raised")), rgb(ink.colour("--ink"))];
  const data = g.createImageData(s.frames, s.bins);
  for (let f = 0; f < s.frames; f++) {
    for (let k = 0; k < s.bins; k++) {
      const part = Math.max(0, Math.min(1, 1 + ((s.db[f * s.bins + k] ?? -Infinity) - top) / RANGE));
      const at = ((s.bins - 1 - k) * s.frames + f) * 4;
      for (let c = 0; c < 3; c++) data.data[at + c] = (low[c] ?? 0) + ((high[c] ?? 0) - (low[c] ?? 0)) * part;
      data.data[at + 3] = 255;
    }
  }
  g.putImageData(data, 0, 0);
  return canvas;
}

/** Of "#rrggbb", as every token of a surface or of ink is. */
const rgb = (hex: string): readonly number[] => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) || 0);

function axisX(g: CanvasRenderingContext2D, f: Frame, most: number, x: (v: number) => number, number: (v: number) => string, ink: Ink, unit = "Hz"): void {
  const step = tickStep(most, (f.w - f.left) / (ink.size.xxs * 7));
  const room = f.h - f.bottom;
  g.font = `400 ${ink.size.xxs}px ${ink.font}`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  for (let i = 0; i * step <= most * 1.0001; i++) {
    g.fillStyle = ink.colour("--grid");
    if (unit === "Hz") g.fillRect(Math.round(x(i * step)), 0, 1, room);
    g.fillStyle = ink.colour("--ink-2");
    const words = i === 0 ? unit : number(i * step);
    if (x(i * step) + g.measureText(words).width / 2 < f.w) g.fillText(words, x(i * step), room + f.bottom / 2);
  }
  g.fillStyle = ink.colour("--line-strong");
  g.fillRect(f.left, room, f.w - f.left, 1);
}

function axisWords(g: CanvasRenderingContext2D, f: Frame, marks: readonly (readonly [number, string])[], ink: Ink): void {
  g.font = `400 ${ink.size.xxs}px ${ink.font}`;
  g.fillStyle = ink.colour("--ink-2");
  g.textAlign = "right";
  g.textBaseline = "middle";
  for (const [y, words] of marks) g.fillText(words, f.left - 4, Math.max(ink.size.xxs * 0.6, y), f.left - 6);
}
