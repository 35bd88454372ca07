/** One signal near an edge. Times are ms, ascending; NaN is no number. */
export interface Near {
  readonly t: Float64Array;
  readonly v: Float64Array;
}

const LEAST_SIDE = 4; // samples on each side of a change
const STRENGTH = 6; // log-likelihood for each of the two sides' parameters, above what chance gives

/**
 * The moment near `at`, at most `reach` ms away, where the signals change the most in level or in spread together: the split with the
 * greatest log-likelihood ratio of two normal distributions against one, summed over the signals (Chen and Gupta 2012, chapter 2).
 * Undefined where nothing changes more than chance would make it.
 */
export function changeNear(signals: readonly Near[], at: number, reach: number): number | undefined {
  const times = [...new Set(signals.flatMap((s) => Array.from(s.t).filter((t) => Math.abs(t - at) <= reach)))].sort((a, b) => a - b);
  let best: number | undefined;
  let most = 0;
  const scored = signals.map((s) => new Sums(s)).filter((s) => s.n >= 3 * LEAST_SIDE);
  for (const t of times) {
    const gain = scored.reduce((sum, s) => sum + s.gain(t), 0);
    if (gain <= most) continue;
    most = gain;
    best = t;
  }
  const enough = scored.reduce((sum, s) => sum + STRENGTH + 2 * Math.log(s.n), 0);
  return scored.length > 0 && most > enough ? best : undefined;
}

/** Running sums of one signal, so that a split costs nothing. */
class Sums {
  readonly n: number;
  private readonly t: number[] = [];
  private readonly sum = [0];
  private readonly square = [0];
  private readonly floor: number; // of a variance: below it are the last digits

  constructor({ t, v }: Near) {
    const numbers = Array.from(v).filter((x) => !Number.isNaN(x));
    const [lo, hi] = numbers.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [Infinity, -Infinity]);
    const middle = (lo + hi) / 2;
    this.floor = Math.max(1e-12, ((hi - lo) * 0.01) ** 2);
    for (let i = 0; i < v.length; i++) {
      const x = (v[i] ?? NaN) - middle;
      if (Number.isNaN(x)) continue;
      this.t.push(t[i] ?? 0);
      this.sum.push((this.sum.at(-1) ?? 0) + x);
      this.square.push((this.square.at(-1) ?? 0) + x * x);
    }
    this.n = this.t.length;
  }

  /** Log-likelihood ratio of a change right before the first sample not earlier than t. */
  gain(t: number): number {
    let lo = 0;
    let hi = this.n;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if ((this.t[mid] ?? 0) < t) lo = mid + 1;
      else hi = mid;
    }
    const k = lo;
    if (k < LEAST_SIDE || this.n - k < LEAST_SIDE) return 0;
    return this.n * Math.log(this.variance(0, this.n)) - k * Math.log(this.variance(0, k)) - (this.n - k) * Math.log(this.variance(k, this.n));
  }

  private variance(from: number, to: number): number {
    const n = to - from;
    const mean = ((this.sum[to] ?? 0) - (this.sum[from] ?? 0)) / n;
    return Math.max(this.floor, ((this.square[to] ?? 0) - (this.square[from] ?? 0)) / n - mean * mean);
  }
}
