import assert from "node:assert/strict";
import { test } from "node:test";
import { lagOf } from "../../src/model/waves/align";
import { changeNear } from "../../src/model/waves/change";
import { WaveDesk } from "../../src/model/waves/desk";
import { envelopeOf } from "../../src/model/waves/envelope";
import { evened } from "../../src/model/waves/even";
import { complex, transform } from "../../src/model/waves/fft";
import { keptOf } from "../../src/model/waves/kept";
import { peaksOf, spectrogramOf, spectrumOf } from "../../src/model/waves/spectrum";
import type { Candidate, KeptSpectrum, Samples } from "../../src/model/types";

/** Numbers between -0.5 and 0.5 that are the same in every run. */
function noise(seed: number): () => number {
  let s = seed;
  return () => (s = (s * 1103515245 + 12345) % 2147483648) / 2147483648 - 0.5;
}

const wave = (n: number, f: (i: number) => number): Float64Array => Float64Array.from({ length: n }, (_, i) => f(i));

test("the transform is that of the definition, and its inverse gives the numbers back", () => {
  const r = noise(1), n = 16;
  const z = complex(n), x = wave(n, r);
  z.re.set(x);
  transform(z);
  for (let k = 0; k < n; k++) {
    const sum = (f: (a: number) => number): number => x.reduce((s, v, i) => s + v * f((-2 * Math.PI * i * k) / n), 0);
    assert.ok(Math.abs((z.re[k] ?? 0) - sum(Math.cos)) < 1e-12 && Math.abs((z.im[k] ?? 0) - sum(Math.sin)) < 1e-12);
  }
  transform(z, true);
  x.forEach((v, i) => assert.ok(Math.abs((z.re[i] ?? 0) / n - v) < 1e-12));
});

test("a sine reads its frequency and its root mean square, over noise and an offset", () => {
  const r = noise(2);
  const s = spectrumOf(wave(8192, (i) => 50 + 3 * Math.sin((2 * Math.PI * 125 * i) / 1000) + 0.2 * r()), 1000);
  const [top] = peaksOf(s, 3);
  assert.ok(top && Math.abs(top.hz - 125) <= s.step && Math.abs(top.rms - 3 / Math.SQRT2) < 0.05, JSON.stringify(top));
  assert.ok(s.windows >= 3 && (s.rms[0] ?? 1) < 0.01);
});

test("the envelope's spectrum has the rate of knocks that the plain spectrum does not show", () => {
  const rate = 4000, knock = 40;
  const v = wave(8192, (i) => { const t = (i % (rate / knock)) / rate; return Math.exp(-t * 300) * Math.sin(2 * Math.PI * 1200 * t); });
  const e = spectrumOf(envelopeOf(v), rate);
  const [top] = peaksOf(e, 1);
  assert.ok(top && Math.abs(top.hz - knock) <= e.step, JSON.stringify(top));
  const plain = spectrumOf(v, rate);
  assert.ok((plain.rms[Math.round(knock / plain.step)] ?? 1) < 0.1 * Math.max(...plain.rms));
});

test("a spectrogram shows when a tone begins", () => {
  const s = spectrogramOf(wave(6000, (i) => (i < 3000 ? 0 : Math.sin((2 * Math.PI * 100 * i) / 1000))), 1000);
  const bin = Math.round(100 / s.step);
  const at = (frame: number): number => s.db[frame * s.bins + bin] ?? 0;
  assert.ok(at(2) < -100 && at(s.frames - 3) > -5);
});

test("a kept spectrum reads like a reckoned one, at the frequencies of the machine's parts", async () => {
  const amplitude = wave(50, (k) => (k === 14 ? 0.84 : 0.02));
  const kept = { tag: "a", at: 5e18, unit: "m/s²", step: 8, amplitude: [...amplitude], lines: [{ name: "BPFO", hz: 118.4 }] };
  const candidate = (id: string, score: number, spectrum?: KeptSpectrum): Candidate => ({ id, rule: "", detector: "", from: 0, score, severity: 1, explain: { en: "", "zh-CN": "" }, ...(spectrum ? { spectrum } : {}) });
  const other = { ...kept, tag: "b" };
  const all = [candidate("sure", 0.9), candidate("second", 0.5, other), candidate("first", 0.7, kept)];
  assert.deepEqual([keptOf(all, null)?.tag, keptOf(all, "second")?.tag, keptOf(all, "sure")?.tag, keptOf(all.slice(0, 1), null)], ["a", "b", "a", undefined]);

  const desk = new WaveDesk(0, { load: () => assert.fail("samples are not asked for"), ask: () => assert.fail("nothing is reckoned") });
  desk.kept.value = kept;
  desk.how.value = "kept";
  await desk.show({ from: 0, to: 1000 });
  const [line] = desk.lines();
  assert.equal(line?.name, "BPFO");
  assert.ok(Math.abs((line?.rms ?? 0) - 0.84 / Math.SQRT2) < 1e-9);
});

test("jittered samples come on an even grid; too few of them on none", () => {
  const r = noise(3), n = 400;
  const t = wave(n, (i) => i * 10 + 2 * r());
  const s: Samples = { tag: "a", name: "a", unit: "", kind: "samples", t, v: t.map((x) => x * 2), quality: new Uint8Array(n) };
  const even = evened(s, 0, 1e9);
  assert.ok(even && Math.abs(even.step - 10) < 0.02 && even.jitter < 0.3);
  even.v.forEach((v, i) => assert.ok(Math.abs(v - 2 * (even.from + i * even.step)) < 1e-6));
  assert.equal(evened(s, 0, 200), undefined);
});

test("an edge snaps to a step or to where the noise grows, and to nothing in plain noise", () => {
  const t = wave(200, (i) => i * 10);
  const r = noise(4);
  const step = { t, v: wave(200, (i) => r() + (i < 83 ? 0 : 2)) };
  assert.equal(changeNear([step], 900, 150), 830);
  const louder = { t, v: wave(200, (i) => r() * (i < 120 ? 1 : 8)) };
  assert.ok(Math.abs((changeNear([louder], 1150, 200) ?? 0) - 1200) <= 20);
  for (let seed = 10; seed < 60; seed++) {
    const n = noise(seed);
    assert.equal(changeNear([{ t, v: wave(200, n) }], 1000, 200), undefined, `seed ${seed}`);
  }
});

test("a stretch that comes later lies on the first after the shift", () => {
  const shape = (i: number): number => Math.exp(-(((i - 100) / 8) ** 2));
  const a = wave(256, shape), b = wave(256, (i) => 5 * shape(i + 17) + 3);
  b[3] = NaN;
  assert.equal(lagOf([[a, b]], 60), 17);
  assert.equal(lagOf([[a, new Float64Array(256)]], 60), 0);
});
