import type { Weights } from "../src/model/assist/net";

const PEAK = 3e-3; // the largest rate
const RISING = 0.25; // part of the steps until then
const MEAN = 0.9;
const SQUARE = 0.999;

/** Adam (Kingma and Ba, ICLR 2015) with a rate that rises and then falls to nought (Smith and Topin, 2018). It changes the weights in place. */
export class Adam {
  private readonly moments: { readonly v: Float32Array; readonly mean: Float32Array; readonly square: Float32Array }[];
  private done = 0;

  constructor(
    net: readonly Weights[],
    private readonly steps: number,
  ) {
    this.moments = net.flatMap(({ w, b }) => [w, b]).map((v) => ({ v, mean: new Float32Array(v.length), square: new Float32Array(v.length) }));
  }

  /** Takes a step against the mean of gradients that were summed over so many samples. */
  step(sums: readonly (readonly Weights[])[], samples: number): void {
    this.done++;
    const rate = (this.rate() * Math.sqrt(1 - SQUARE ** this.done)) / (1 - MEAN ** this.done);
    const flat = sums.map((net) => net.flatMap(({ w, b }) => [w, b]));
    this.moments.forEach(({ v, mean, square }, k) => {
      for (let i = 0; i < v.length; i++) {
        const g = flat.reduce((sum, net) => sum + net[k]![i]!, 0) / samples;
        mean[i] = MEAN * mean[i]! + (1 - MEAN) * g;
        square[i] = SQUARE * square[i]! + (1 - SQUARE) * g * g;
        v[i] = v[i]! - (rate * mean[i]!) / (Math.sqrt(square[i]!) + 1e-8);
      }
    });
  }

  private rate(): number {
    const part = this.done / this.steps;
    return PEAK * (part < RISING ? part / RISING : 0.5 + 0.5 * Math.cos((Math.PI * (part - RISING)) / (1 - RISING)));
  }
}
