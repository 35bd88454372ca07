import type { Area } from "./geometry";

/** One horizontal run of set pixels inside a mask's rectangle, in pixels from its top left corner. */
export interface Span {
  readonly y: number;
  readonly x: number;
  readonly n: number;
}

/**
 * The set pixels of runs that are written row by row inside a rectangle w pixels wide: lengths of off, on, off … A run may go on in the
 * next row; a span never does.
 */
export function spansOf(runs: readonly number[], w: number): Span[] {
  const spans: Span[] = [];
  if (w <= 0) return spans;
  let at = 0;
  runs.forEach((n, i) => {
    if (i % 2 === 1) cutRows(at, n, w, spans);
    at += n;
  });
  return spans;
}

function cutRows(from: number, n: number, w: number, spans: Span[]): void {
  let at = from;
  let left = n;
  while (left > 0) {
    const x = at % w;
    const take = Math.min(left, w - x);
    spans.push({ y: Math.floor(at / w), x, n: take });
    at += take;
    left -= take;
  }
}

/** Number of set pixels. */
export function pixelsOf(runs: readonly number[]): number {
  return runs.reduce((sum, n, i) => sum + (i % 2 === 1 ? n : 0), 0);
}

/** Whether the pixel x, y of the picture is set. */
export function isSet(runs: readonly number[], rect: Area, x: number, y: number): boolean {
  const col = Math.floor(x - rect.x);
  const row = Math.floor(y - rect.y);
  if (col < 0 || row < 0 || col >= rect.w || row >= rect.h) return false;
  const at = row * rect.w + col;
  let end = 0;
  for (let i = 0; i < runs.length; i++) {
    end += runs[i] ?? 0;
    if (at < end) return i % 2 === 1;
  }
  return false;
}

/** Runs of a mask given as one byte per pixel, row by row; they sum to bits.length. */
export function runsOf(bits: Uint8Array): number[] {
  const runs: number[] = [];
  let on = false;
  let n = 0;
  for (const b of bits) {
    if (b !== 0 === on) {
      n++;
      continue;
    }
    runs.push(n);
    on = !on;
    n = 1;
  }
  if (n > 0) runs.push(n);
  return runs;
}
