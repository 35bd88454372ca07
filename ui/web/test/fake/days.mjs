// Days of a grinder's signals: shifts, pauses, a fault that nobody flagged, and one that was flagged.
import { encode } from "./series.mjs";

const hour = 3600e9, day = 24 * hour;
const noise = (k) => {
  let x = Math.imul(k ^ (k >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return ((x ^ (x >>> 15)) >>> 0) / 4294967296 - 0.5;
};
const bump = (t, a, b) => (t > a && t < b ? Math.sin((Math.PI * (t - a)) / (b - a)) : 0);

/** What happened, in hours before the end; the second nobody flagged. */
export const faults = [{ from: 3.2, to: 2.4, flagged: true }, { from: 1.5, to: 1.1, flagged: false }, { from: 30, to: 24.5, flagged: true }, { from: 76, to: 74, flagged: true }, { from: 120, to: 117, flagged: true }];
const odd = (ago) => faults.reduce((sum, f) => sum + bump(-ago, -f.from, -f.to), 0);
const runs = (t) => ((t / hour) % 24 > 1.5 && (t / hour) % 24 < 22 ? 1 : 0);

export const lanes = [
  { id: "g07.vibration", name: "振动 RMS", unit: "mm/s", f: (t, o, g) => 0.3 + 1.3 * runs(t) + 5.5 * o + Math.abs(g) * (0.4 + 1.6 * o) },
  { id: "g07.acoustic", name: "声发射", unit: "dB", f: (t, o, g) => 34 + 22 * runs(t) + 30 * o + g * 5 },
  { id: "g07.bearing", name: "轴承温度", unit: "°C", f: (t, o, g) => 24 + 21 * runs(t) + 18 * o + 3 * Math.sin((t / day) * 6.283) + g * 0.4 },
  { id: "g07.current", name: "主轴电流", unit: "A", f: (t, o, g) => 0.4 + 15 * runs(t) + 2 * o + g * 4 * runs(t) },
  { id: "g07.hydraulics", name: "液压", unit: "bar", f: (t, o, g) => 44 + 18 * runs(t) + g },
  { id: "g07.speed", name: "转速", unit: "rpm", f: (t, o, g) => 2980 * runs(t) + g * 6 },
];

export const signals = () => lanes.map(({ id, name, unit }) => ({ id, name, unit, source: "grinder-g07", asset: "G-07", kind: "number", last: null }));

/** The answer for [from, to), UTC ns, at one sample a second; end is the moment that `faults` counts from. */
export const longSeries = (names, from, to, n, end) => {
  const seconds = Math.floor((to - from) / 1e9), exact = seconds <= 2 * n, count = exact ? seconds : n, step = (to - from) / 1e6 / count;
  const heads = [], columns = [];
  const gap = { source: "grinder-g07", from: end - 50.5 * hour, to: end - 49.6 * hour, reason: "disconnected" };
  for (const name of names) {
    const { name: label, unit, f } = lanes.find((l) => l.id === name);
    const low = new Float64Array(count), high = new Float64Array(count), t = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      t[i] = i * step;
      const at = from + (i + 0.5) * step * 1e6, ago = (end - at) / hour, missing = at > gap.from && at < gap.to;
      const v = exact ? [f(at, odd(ago), noise(i + name.length * 999))] : [0, 1, 2, 3].map((k) => f(at, odd(ago), noise(i * 4 + k + name.length * 999)));
      low[i] = missing ? NaN : Math.min(...v);
      high[i] = missing ? NaN : Math.max(...v);
    }
    const head = { tag: name, name: label, unit, n: count };
    if (exact) heads.push({ ...head, kind: "samples" }), columns.push(t, low, new Uint8Array(count));
    else heads.push({ ...head, kind: "buckets", t0: 0, step }), columns.push(low, high, Uint32Array.from(low, (v) => (Number.isNaN(v) ? 0 : Math.round(step / 1000))), new Uint8Array(count));
  }
  return encode({ from, to, traces: heads, gaps: gap.to > from && gap.from < to ? [gap] : [] }, columns);
};
