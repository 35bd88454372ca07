import type { Random } from "./random";

/** Values row by row. */
export interface Field {
  readonly w: number;
  readonly h: number;
  readonly v: Float32Array;
}

export function field(w: number, h: number, f: (x: number, y: number) => number): Field {
  const v = new Float32Array(w * h);
  for (let y = 0, i = 0; y < h; y++) for (let x = 0; x < w; x++, i++) v[i] = f(x, y);
  return { w, h, v };
}

/** Noise of standard deviation about 1 whose grains are so many px long across and down. */
export function grain(r: Random, w: number, h: number, across: number, down: number): Field {
  const gw = Math.ceil(w / across) + 2;
  const gh = Math.ceil(h / down) + 2;
  const at = Float32Array.from({ length: gw * gh }, () => r.normal());
  const dx = r.next();
  const dy = r.next();
  return field(w, h, (x, y) => {
    const u = x / across + dx, t = y / down + dy;
    const i = Math.floor(u), j = Math.floor(t);
    const fu = ease(u - i), ft = ease(t - j);
    const o = j * gw + i;
    return ((at[o] ?? 0) * (1 - fu) + (at[o + 1] ?? 0) * fu) * (1 - ft) + ((at[o + gw] ?? 0) * (1 - fu) + (at[o + gw + 1] ?? 0) * fu) * ft;
  });
}

const ease = (t: number): number => t * t * (3 - 2 * t);

/** Blurred by a bell of the given standard deviation, px; edges repeated. */
export function blurred(f: Field, sigma: number): Field {
  if (sigma < 0.2) return f;
  const reach = Math.ceil(2.5 * sigma);
  const bell = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
  const sum = bell.reduce((a, b) => a + b, 0);
  const along = (v: Float32Array, n: number, step: number, lines: number, jump: number): Float32Array => {
    const out = new Float32Array(v.length);
    for (let line = 0; line < lines; line++) {
      for (let i = 0; i < n; i++) {
        let s = 0;
        for (let k = -reach; k <= reach; k++) s += (v[line * jump + Math.max(0, Math.min(n - 1, i + k)) * step] ?? 0) * (bell[k + reach] ?? 0);
        out[line * jump + i * step] = s / sum;
      }
    }
    return out;
  };
  return { ...f, v: along(along(f.v, f.w, 1, f.h, f.w), f.h, f.w, f.w, 1) };
}
