/** Complex numbers as two columns of one power-of-two length. */
export interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export const complex = (n: number): Complex => ({ re: new Float64Array(n), im: new Float64Array(n) });

/** The least power of two that is not less than n. */
export const powerOf2 = (n: number): number => 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, n))));

/** Fourier transform in place, radix 2 (Cooley and Tukey 1965), without scaling. inverse turns the sign of the exponent. */
export function transform({ re, im }: Complex, inverse = false): void {
  const n = re.length;
  reorder(re, im);
  for (let size = 2; size <= n; size *= 2) {
    const angle = ((inverse ? 2 : -2) * Math.PI) / size;
    for (let k = 0; k < size / 2; k++) {
      const c = Math.cos(angle * k);
      const s = Math.sin(angle * k);
      for (let i = k; i < n; i += size) butterfly(re, im, i, i + size / 2, c, s);
    }
  }
}

function butterfly(re: Float64Array, im: Float64Array, i: number, j: number, c: number, s: number): void {
  const a = re[i] ?? 0, b = im[i] ?? 0, x = re[j] ?? 0, y = im[j] ?? 0;
  const u = x * c - y * s;
  const v = x * s + y * c;
  re[i] = a + u;
  im[i] = b + v;
  re[j] = a - u;
  im[j] = b - v;
}

/** Bit-reversed order. */
function reorder(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    swap(re, i, j);
    swap(im, i, j);
  }
}

function swap(a: Float64Array, i: number, j: number): void {
  const kept = a[i] ?? 0;
  a[i] = a[j] ?? 0;
  a[j] = kept;
}
