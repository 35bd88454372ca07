// Signals of a lathe, and the ELS1 answer that carries them.
import { random } from "./part.mjs";

const bump = (t, a, b, e = 0.3) => 1 / (1 + Math.exp(-(t - a) / e)) / (1 + Math.exp((t - b) / e));
const cut = (t) => 0.8 * bump(t, 3, 10) + 0.6 * bump(t, 12, 26);
const odd = (t) => bump(t, 13.4, 18.2, 0.22) * (1 + 0.35 * Math.sin(t * 1.9));

export const tags = {
  "t03.current": { name: "主轴电流", unit: "A", f: (t, g) => 4.1 + 13 * cut(t) + 3 * odd(t) + g() * (0.3 + 1.1 * odd(t)) },
  "t03.vibration": { name: "振动 RMS", unit: "mm/s", f: (t, g) => 0.35 + 1.2 * cut(t) + 5.3 * odd(t) + Math.abs(g()) * (0.2 + 1.1 * odd(t)) },
  "t03.feed": { name: "进给力", unit: "N", f: (t, g) => 22 + 410 * cut(t) + 90 * odd(t) + g() * (7 + 40 * odd(t)) },
  "t03.coolant": { name: "冷却液", unit: "l/min", f: (t, g) => 12 * bump(t, 2, 26) - 4 * bump(t, 11.6, 17, 0.6) + g() * 0.15 },
  "t03.temperature": { name: "主轴温度", unit: "°C", f: (t, g) => 43.8 + 2.6 * bump(t, 8, 60, 4) + g() * 0.05 },
};

const rate = 50; // samples per second

/** The answer for [from, to) (UTC ns) of a window that began at `start`, as samples when few and as n buckets otherwise. */
export const els1 = (names, start, from, to, n, seed) => {
  const first = Math.ceil(((from - start) / 1e9) * rate), last = Math.floor(((to - start) / 1e9) * rate);
  const t = Array.from({ length: Math.max(0, last - first) }, (_, i) => (first + i) / rate);
  const heads = [], columns = [];
  for (const name of names) {
    const r = random(seed + name.length), g = () => (r() + r() + r() + r() - 2) * 1.2;
    const { name: label, unit, f } = tags[name];
    const v = t.map((s) => f(s, g));
    const head = { tag: name, name: label, unit };
    if (t.length <= 2 * n) {
      heads.push({ ...head, kind: "samples", n: t.length });
      columns.push(Float64Array.from(t, (s) => s * 1000 - (from - start) / 1e6), Float64Array.from(v), new Uint8Array(t.length));
    } else {
      const step = (to - from) / 1e6 / n, min = new Float64Array(n).fill(NaN), max = new Float64Array(n).fill(NaN), count = new Uint32Array(n);
      t.forEach((s, i) => {
        const b = Math.min(n - 1, Math.floor((s * 1000 - (from - start) / 1e6) / step));
        min[b] = count[b] ? Math.min(min[b], v[i]) : v[i];
        max[b] = count[b] ? Math.max(max[b], v[i]) : v[i];
        count[b]++;
      });
      heads.push({ ...head, kind: "buckets", n, t0: 0, step });
      columns.push(min, max, count, new Uint8Array(n));
    }
  }
  return encode({ from, to, traces: heads, gaps: [] }, columns);
};

export const encode = (head, columns) => {
  let json = Buffer.from(JSON.stringify(head));
  json = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, 0x20)]);
  const start = Buffer.alloc(8);
  start.write("ELS1", 0, "latin1");
  start.writeUInt32LE(json.length, 4);
  const padded = columns.map((c) => {
    const b = Buffer.from(c.buffer, c.byteOffset, c.byteLength);
    return Buffer.concat([b, Buffer.alloc((8 - (b.length % 8)) % 8)]);
  });
  return Buffer.concat([start, json, ...padded]);
};
