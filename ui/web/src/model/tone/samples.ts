import type { Samples } from "../../wire/elp1";
import { BINS, type Spread } from "./tone";

/** The brightness of pixel i: its value, or of a colour its luma by ITU-R BT.601. */
export function lumaAt({ channels, px }: Samples, i: number): number {
  if (channels === 1) return px[i] ?? 0;
  return ((px[3 * i] ?? 0) * 77 + (px[3 * i + 1] ?? 0) * 150 + (px[3 * i + 2] ?? 0) * 29) / 256;
}

/** How the values of some tiles spread over the picture's whole range. */
export function spreadOf(tiles: readonly Samples[]): Spread {
  const first = tiles[0];
  const bins = new Array<number>(BINS).fill(0);
  if (!first) return { low: 0, high: 255, bits: 8, bins };
  const { low, high, bits } = first;
  const scale = BINS / Math.max(1, high - low);
  for (const t of tiles) {
    for (let i = 0, n = t.w * t.h; i < n; i++) bins[Math.min(BINS - 1, Math.floor((lumaAt(t, i) - low) * scale))]! += 1;
  }
  return { low, high: Math.max(high, low + 1), bits, bins };
}
