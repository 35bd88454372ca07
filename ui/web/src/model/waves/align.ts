import { complex, powerOf2, transform } from "./fft";

/**
 * By how many entries the second row must be shifted to lie on the first: the lag of the greatest correlation, summed over the signals,
 * at most `most` entries either way. NaN entries count as the row's mean. 0 where nothing correlates.
 */
export function lagOf(rows: readonly (readonly [Float64Array, Float64Array])[], most: number): number {
  const n = powerOf2(2 * Math.max(1, ...rows.map(([a, b]) => Math.max(a.length, b.length))));
  const total = new Float64Array(n);
  for (const [a, b] of rows) correlated(a, b, n).forEach((c, i) => (total[i]! += c));
  let best = 0;
  for (let lag = -most; lag <= most; lag++) {
    if ((total[(lag + n) % n] ?? 0) > (total[(best + n) % n] ?? 0) * (1 + 1e-9)) best = lag;
  }
  return best;
}

/** Entry lag: how alike a is to b shifted by lag, both without mean and of unit length. */
function correlated(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const x = unit(a, n);
  const y = unit(b, n);
  transform(x);
  transform(y);
  for (let k = 0; k < n; k++) {
    const re = (x.re[k] ?? 0) * (y.re[k] ?? 0) + (x.im[k] ?? 0) * (y.im[k] ?? 0);
    const im = (x.im[k] ?? 0) * (y.re[k] ?? 0) - (x.re[k] ?? 0) * (y.im[k] ?? 0);
    x.re[k] = re;
    x.im[k] = im;
  }
  transform(x, true);
  return x.re.map((v) => v / n);
}

function unit(v: Float64Array, n: number) {
  const z = complex(n);
  const known = v.filter((x) => !Number.isNaN(x));
  const mean = known.reduce((s, x) => s + x, 0) / Math.max(1, known.length);
  const length = Math.sqrt(known.reduce((s, x) => s + (x - mean) ** 2, 0));
  if (length > 0) v.forEach((x, i) => (z.re[i] = Number.isNaN(x) ? 0 : (x - mean) / length));
  return z;
}
