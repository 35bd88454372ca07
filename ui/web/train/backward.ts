import { airy, convolved, LAYERS, type Layer, type Pass, type Weights } from "../src/model/assist/net";

/** Adds to grads how the loss changes with every weight, given how it changes with what the last layer gave. */
export function backward(net: readonly Weights[], pass: Pass, last: Float32Array, grads: readonly Weights[]): void {
  const wanted = pass.gave.map((v, k) => (k === LAYERS.length - 1 ? last : new Float32Array(v.length)));
  for (let k = LAYERS.length - 1; k >= 0; k--) {
    const layer = LAYERS[k]!;
    const want = wanted[k]!;
    if (k < LAYERS.length - 1) pass.gave[k]!.forEach((v, i) => v <= 0 && (want[i] = 0));
    addGrads(grads[k]!, want, pass.given[k]!, layer);
    if (k > 0) handBack(convolved(want, turned(net[k]!, layer), { from: layer.to, to: layer.from, side: layer.side }), layer, k, pass, wanted);
  }
}

/** Hands what is wanted of a layer's input to the layers that it came from. */
function handBack(want: Float32Array, { side, takes }: Layer, k: number, { given, gave }: Pass, wanted: Float32Array[]): void {
  const last = wanted[k - 1]!;
  if (takes === "same") return void last.forEach((v, i) => (last[i] = v + want[i]!));
  if (takes === "half") return want.forEach((v, i) => (last[largest(gave[k - 1]!, i, side, given[k]![i]!)]! += v));
  for (let i = 0; i < last.length * 4; i++) {
    const x = i % side, y = (i - x) / side;
    last[(y >> 1) * (side / 2) + (x >> 1)]! += want[i]!;
  }
  const beside = wanted[takes]!;
  beside.forEach((v, i) => (beside[i] = v + want[last.length * 4 + i]!));
}

/** Which of the four cells behind cell i of the halved ones gave its value. */
function largest(v: Float32Array, i: number, side: number, value: number): number {
  const x = i % side, y = (i - x) / side;
  const at = 4 * side * y + 2 * x;
  return [at, at + 1, at + 2 * side].find((j) => v[j] === value) ?? at + 2 * side + 1;
}

/** The weights that carry a wish back: inputs and outputs change places, and the nine turn round. */
function turned({ w }: Weights, { from, to }: Layer): Weights {
  const out = new Float32Array(w.length);
  for (let o = 0; o < to; o++) {
    for (let i = 0; i < from; i++) for (let k = 0; k < 9; k++) out[(i * to + o) * 9 + 8 - k] = w[(o * from + i) * 9 + k]!;
  }
  return { w: out, b: new Float32Array(from) };
}

function addGrads({ w, b }: Weights, want: Float32Array, given: Float32Array, { from, to, side }: Layer): void {
  const n = side * side;
  const padded = airy(given, from, side);
  for (let o = 0; o < to; o++) {
    for (let i = o * n; i < (o + 1) * n; i++) b[o]! += want[i]!;
    for (let i = 0; i < from; i++) addNine(w, (o * from + i) * 9, want, o * n, padded, i * (side + 2) ** 2, side);
  }
}

function addNine(w: Float32Array, k: number, want: Float32Array, to: number, v: Float32Array, from: number, side: number): void {
  const wide = side + 2;
  let a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0;
  for (let y = 0; y < side; y++) {
    let p = from + y * wide;
    let q = to + y * side;
    let a0 = v[p]!, a1 = v[p + 1]!, b0 = v[p + wide]!, b1 = v[p + wide + 1]!, c0 = v[p + 2 * wide]!, c1 = v[p + 2 * wide + 1]!;
    for (let x = 0; x < side; x++, p++, q++) {
      const a2 = v[p + 2]!, b2 = v[p + wide + 2]!, c2 = v[p + 2 * wide + 2]!, by = want[q]!;
      a += by * a0, b += by * a1, c += by * a2, d += by * b0, e += by * b1, f += by * b2, g += by * c0, h += by * c1, i += by * c2;
      a0 = a1, a1 = a2, b0 = b1, b1 = b2, c0 = c1, c1 = c2;
    }
  }
  [a, b, c, d, e, f, g, h, i].forEach((v9, j) => (w[k + j]! += v9));
}
