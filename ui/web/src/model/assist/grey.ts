/** A grey picture, one byte a pixel, row by row. */
export interface Grey {
  readonly w: number;
  readonly h: number;
  readonly px: Uint8Array;
}

/** Grey of RGBA bytes by the weights of ITU-R BT.601. */
export function greyOf(rgba: Uint8ClampedArray, w: number, h: number): Grey {
  const px = new Uint8Array(w * h);
  for (let i = 0, at = 0; i < px.length; i++, at += 4) px[i] = ((rgba[at] ?? 0) * 77 + (rgba[at + 1] ?? 0) * 150 + (rgba[at + 2] ?? 0) * 29 + 128) >> 8;
  return { w, h, px };
}

/** Weighted means over three by three values (1 2 1), edges repeated. */
export function smoothed(v: Float32Array, w: number, h: number): Float32Array {
  const across = new Float32Array(v.length);
  const out = new Float32Array(v.length);
  for (let y = 0; y < h; y++) {
    for (let x = 0, i = y * w; x < w; x++, i++) across[i] = ((v[x > 0 ? i - 1 : i] ?? 0) + 2 * (v[i] ?? 0) + (v[x < w - 1 ? i + 1 : i] ?? 0)) / 4;
  }
  for (let y = 0; y < h; y++) {
    for (let x = 0, i = y * w; x < w; x++, i++) out[i] = ((across[y > 0 ? i - w : i] ?? 0) + 2 * (across[i] ?? 0) + (across[y < h - 1 ? i + w : i] ?? 0)) / 4;
  }
  return out;
}

/** The picture so many times smaller, each pixel the mean of those it stands for; what is left over at the right and below is cut off. */
export function shrunk({ w, h, px }: Grey, by: number): Grey {
  const small = { w: Math.max(1, Math.floor(w / by)), h: Math.max(1, Math.floor(h / by)) };
  const out = new Uint8Array(small.w * small.h);
  for (let y = 0, i = 0; y < small.h; y++) {
    for (let x = 0; x < small.w; x++, i++) {
      let sum = 0, n = 0;
      for (let row = y * by; row < Math.min(h, (y + 1) * by); row++) {
        for (let at = row * w + x * by; at < row * w + Math.min(w, (x + 1) * by); at++, n++) sum += px[at] ?? 0;
      }
      out[i] = Math.round(sum / Math.max(1, n));
    }
  }
  return { ...small, px: out };
}
