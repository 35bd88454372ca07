import { complex, powerOf2, transform } from "./fft";

/** The band that is demodulated, as shares of the rate: above the shaft's own orders, where knocks of a bearing ring. */
export const BAND: readonly [number, number] = [1 / 8, 0.45];

/**
 * Envelope of the band: length of the analytic signal, which is the inverse transform of the band's positive frequencies alone (Hilbert).
 * The same length as v.
 */
export function envelopeOf(v: Float64Array, band = BAND): Float64Array {
  const n = powerOf2(v.length);
  const z = complex(n);
  const mean = v.reduce((s, x) => s + x, 0) / Math.max(1, v.length);
  v.forEach((x, i) => (z.re[i] = x - mean));
  transform(z);
  const [lo, hi] = [Math.floor(band[0] * n), Math.ceil(band[1] * n)];
  for (let k = 0; k < n; k++) {
    const part = k >= lo && k <= hi ? 2 / n : 0;
    z.re[k]! *= part;
    z.im[k]! *= part;
  }
  transform(z, true);
  return Float64Array.from(v, (_, i) => Math.hypot(z.re[i] ?? 0, z.im[i] ?? 0));
}
