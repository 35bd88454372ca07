import { CHANNELS, SIDE } from "./shown";

/** One convolution over three by three cells. It takes the layer before as it is, at half its size, or doubled and beside an earlier layer. */
export interface Layer {
  readonly from: number; // channels
  readonly to: number;
  readonly side: number; // cells across and down
  readonly takes: "same" | "half" | number;
}

/** A U-net (Ronneberger et al., MICCAI 2015) small enough for a worker without a graphics card: 13 600 weights, 7 million products. */
export const LAYERS: readonly Layer[] = [
  { from: CHANNELS, to: 6, side: SIDE, takes: "same" },
  { from: 6, to: 6, side: SIDE, takes: "same" },
  { from: 6, to: 10, side: SIDE / 2, takes: "half" },
  { from: 10, to: 10, side: SIDE / 2, takes: "same" },
  { from: 10, to: 14, side: SIDE / 4, takes: "half" },
  { from: 14, to: 14, side: SIDE / 4, takes: "same" },
  { from: 14, to: 14, side: SIDE / 8, takes: "half" },
  { from: 28, to: 14, side: SIDE / 4, takes: 5 },
  { from: 24, to: 10, side: SIDE / 2, takes: 3 },
  { from: 16, to: 6, side: SIDE, takes: 1 },
  { from: 6, to: 1, side: SIDE, takes: "same" },
];

/** Of one layer nine weights for every pair of an output and an input channel, and one bias for every output channel. */
export interface Weights {
  readonly w: Float32Array;
  readonly b: Float32Array;
}

/** What every layer was given and what it gave, channel by channel, row by row. */
export interface Pass {
  readonly given: Float32Array[];
  readonly gave: Float32Array[];
}

/** Runs the net on what it is shown. The last layer gives the logarithm of the odds that a cell is the object's. */
export function forward(net: readonly Weights[], shown: Float32Array): Pass {
  const pass: Pass = { given: [], gave: [] };
  LAYERS.forEach((layer, k) => {
    const given = k === 0 ? shown : input(layer, pass.gave[k - 1]!, pass.gave);
    const gave = convolved(given, net[k]!, layer);
    if (k < LAYERS.length - 1) for (let i = 0; i < gave.length; i++) if (gave[i]! < 0) gave[i] = 0;
    pass.given.push(given);
    pass.gave.push(gave);
  });
  return pass;
}

function input({ side, takes }: Layer, last: Float32Array, gave: readonly Float32Array[]): Float32Array {
  if (takes === "same") return last;
  if (takes === "half") return halved(last, side);
  const beside = gave[takes]!;
  const out = new Float32Array(last.length * 4 + beside.length);
  for (let i = 0, y = 0; i < last.length * 4; y++) {
    for (let x = 0; x < side; x++, i++) out[i] = last[(y >> 1) * (side / 2) + (x >> 1)]!;
  }
  out.set(beside, last.length * 4);
  return out;
}

/** The largest of every two by two cells; side is that of the result. */
function halved(v: Float32Array, side: number): Float32Array {
  const out = new Float32Array(v.length / 4);
  for (let i = 0, y = 0; i < out.length; y++) {
    for (let x = 0, at = y * side * 4; x < side; x++, i++, at += 2) out[i] = Math.max(v[at]!, v[at + 1]!, v[at + 2 * side]!, v[at + 2 * side + 1]!);
  }
  return out;
}

/** The sums over three by three cells of all input channels; beyond the border is nought. */
export function convolved(v: Float32Array, { w, b }: Weights, { from, to, side }: Pick<Layer, "from" | "to" | "side">): Float32Array {
  const n = side * side;
  const out = new Float32Array(to * n);
  const padded = airy(v, from, side);
  for (let o = 0; o < to; o++) {
    out.fill(b[o]!, o * n, (o + 1) * n);
    for (let i = 0; i < from; i++) addPlane(out, o * n, padded, i * (side + 2) ** 2, w, (o * from + i) * 9, side);
  }
  return out;
}

/** Every channel with a border of noughts, so that no cell asks whether it has neighbours. */
export function airy(v: Float32Array, channels: number, side: number): Float32Array {
  const wide = side + 2;
  const out = new Float32Array(channels * wide * wide);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < side; y++) out.set(v.subarray((c * side + y) * side, (c * side + y + 1) * side), (c * wide + y + 1) * wide + 1);
  }
  return out;
}

function addPlane(out: Float32Array, to: number, v: Float32Array, from: number, w: Float32Array, k: number, side: number): void {
  const a = w[k]!, b = w[k + 1]!, c = w[k + 2]!, d = w[k + 3]!, e = w[k + 4]!, f = w[k + 5]!, g = w[k + 6]!, h = w[k + 7]!, i = w[k + 8]!;
  const wide = side + 2;
  for (let y = 0; y < side; y++) {
    let p = from + y * wide;
    let q = to + y * side;
    let a0 = v[p]!, a1 = v[p + 1]!, b0 = v[p + wide]!, b1 = v[p + wide + 1]!, c0 = v[p + 2 * wide]!, c1 = v[p + 2 * wide + 1]!;
    for (let x = 0; x < side; x++, p++, q++) {
      const a2 = v[p + 2]!, b2 = v[p + wide + 2]!, c2 = v[p + 2 * wide + 2]!;
      out[q] = out[q]! + a * a0 + b * a1 + c * a2 + d * b0 + e * b1 + f * b2 + g * c0 + h * c1 + i * c2;
      a0 = a1, a1 = a2, b0 = b1, b1 = b2, c0 = c1, c1 = c2;
    }
  }
}
