import type { Colours } from "./tone";

/** Lightness rises along the stops, so that who sees no colours still reads the order. */
const HEAT: readonly (readonly [number, number, number])[] = [
  [24, 14, 66], [44, 42, 128], [38, 84, 160], [28, 122, 156], [34, 158, 132], [94, 190, 92], [176, 212, 64], [240, 222, 92], [255, 250, 214],
];

/** 256 colours as RGBA bytes from dark to bright. */
export function paletteOf(colours: Colours, invert: boolean): Uint8ClampedArray {
  const out = new Uint8ClampedArray(1024);
  for (let i = 0; i < 256; i++) {
    const t = (invert ? 255 - i : i) / 255;
    out.set(colours === "grey" ? [t * 255, t * 255, t * 255, 255] : heat(t), i * 4);
  }
  return out;
}

function heat(t: number): number[] {
  const at = t * (HEAT.length - 1);
  const i = Math.min(HEAT.length - 2, Math.floor(at));
  const [a, b] = [HEAT[i] ?? [0, 0, 0], HEAT[i + 1] ?? [0, 0, 0]];
  return [0, 1, 2].map((c) => (a[c] ?? 0) + ((b[c] ?? 0) - (a[c] ?? 0)) * (at - i)).concat(255);
}
