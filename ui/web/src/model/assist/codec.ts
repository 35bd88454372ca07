import { LAYERS, type Weights } from "./net";

/** Of every layer: how much one step is, as two little-endian floats, then the weights and the biases as signed bytes of so many steps. */
const HEAD = 8;

export function unpacked(text: string): Weights[] {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const at = new DataView(bytes.buffer);
  let head = 0;
  return LAYERS.map(({ from, to }) => {
    const first = head + HEAD;
    const next = first + from * to * 9;
    const steps = (offset: number, count: number, step: number): Float32Array => Float32Array.from({ length: count }, (_, i) => at.getInt8(offset + i) * step);
    const layer = { w: steps(first, from * to * 9, at.getFloat32(head, true)), b: steps(next, to, at.getFloat32(head + 4, true)) };
    head = next + to;
    return layer;
  });
}

export function packed(net: readonly Weights[]): string {
  const bytes = net.flatMap(({ w, b }) => [...head(w, b), ...inSteps(w), ...inSteps(b)]);
  return btoa(String.fromCharCode(...bytes));
}

const stepOf = (v: Float32Array): number => Math.max(1e-9, v.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / 127);

const head = (w: Float32Array, b: Float32Array): Uint8Array => new Uint8Array(Float32Array.of(stepOf(w), stepOf(b)).buffer);

function inSteps(v: Float32Array): Uint8Array {
  const step = stepOf(v);
  return new Uint8Array(Int8Array.from(v, (x) => Math.round(x / step)).buffer);
}
