import { AIR, INNER, SIDE } from "../src/model/assist/shown";

/**
 * How wrong the net is on the cells of the box, and how that changes with what it gave: cross entropy, plus one minus Dice's coefficient,
 * which small defects need (Milletari et al., 3DV 2016). meant is the part of every cell of the box that the object covers.
 */
export function lossOf(gave: Float32Array, meant: Float32Array): { loss: number; want: Float32Array } {
  const chance = Float32Array.from(meant, (_, i) => 1 / (1 + Math.exp(-gave[cell(i)]!)));
  let entropy = 0, both = 0, sum = 1;
  chance.forEach((p, i) => {
    const t = meant[i]!;
    entropy -= (t * Math.log(p + 1e-7) + (1 - t) * Math.log(1 - p + 1e-7)) / meant.length;
    both += p * t;
    sum += p + t;
  });
  const want = new Float32Array(gave.length);
  const dice = (2 * both + 1) / sum;
  chance.forEach((p, i) => (want[cell(i)] = (p - meant[i]!) / meant.length - ((2 * meant[i]! - dice) / sum) * p * (1 - p)));
  return { loss: entropy + 1 - dice, want };
}

/** Where cell i of the box lies among all. */
const cell = (i: number): number => (Math.floor(i / INNER) + AIR) * SIDE + (i % INNER) + AIR;
