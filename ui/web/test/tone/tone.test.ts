import assert from "node:assert/strict";
import { test } from "node:test";
import { answer } from "../../src/model/assist/questions";
import { curvesOf } from "../../src/model/tone/even";
import { paletteOf } from "../../src/model/tone/palette";
import { painted } from "../../src/model/tone/paint";
import { spreadOf } from "../../src/model/tone/samples";
import { fitting, movedEnd, PLAIN } from "../../src/model/tone/tone";
import { decodeSamples, type Samples } from "../../src/wire/elp1";

const grey16 = (w: number, h: number, f: (x: number, y: number) => number, low = 0, high = 65535): Samples => ({
  bits: 16, channels: 1, w, h, low, high, px: Uint16Array.from({ length: w * h }, (_, i) => f(i % w, Math.floor(i / w))),
});
const place = { x: 0, y: 0, w: 1, h: 1 };

test("a tile of samples is read bit by bit, and garbage is refused", () => {
  const bytes = new ArrayBuffer(16 + 4);
  const v = new DataView(bytes);
  [0x45, 0x4c, 0x50, 0x31, 16, 1].forEach((b, i) => v.setUint8(i, b));
  [2, 1, 1000, 4000].forEach((n, i) => v.setUint16(6 + 2 * i, n, true));
  v.setUint16(16, 4000, true);
  v.setUint16(18, 1001, true);
  const s = decodeSamples(bytes);
  assert.deepEqual([s.bits, s.channels, s.w, s.h, s.low, s.high, ...s.px], [16, 1, 2, 1, 1000, 4000, 4000, 1001]);
  assert.throws(() => decodeSamples(bytes.slice(0, 18)));
  v.setUint8(4, 12);
  assert.throws(() => decodeSamples(bytes));
});

test("a window maps stored values straight to brightness: neighbours of 16 bits stay apart where the window is narrow", () => {
  const samples = grey16(5, 1, (x) => 30000 + [-10, 0, 64, 128, 999][x]!);
  const out = painted({ samples, tone: PLAIN, low: 30000, high: 30128, place });
  assert.deepEqual([0, 1, 2, 3, 4].map((i) => out[4 * i]), [0, 0, 128, 255, 255]);
  assert.equal(out[3], 255);
  const flipped = painted({ samples, tone: { ...PLAIN, invert: true }, low: 30000, high: 30128, place });
  assert.deepEqual([1, 3].map((i) => flipped[4 * i]), [255, 0]);
});

test("false colours grow lighter with the value, from end to end", () => {
  const p = paletteOf("heat", false);
  const light = (i: number): number => 0.2126 * p[4 * i]! + 0.7152 * p[4 * i + 1]! + 0.0722 * p[4 * i + 2]!;
  for (let i = 8; i < 256; i += 8) assert.ok(light(i) >= light(i - 8), `at ${i}`);
  assert.deepEqual([...paletteOf("heat", true).subarray(0, 4)], [...p.subarray(1020)]);
});

test("colours keep their own channels in a window, and their order under local contrast", () => {
  const samples: Samples = { bits: 8, channels: 3, w: 2, h: 1, low: 0, high: 255, px: Uint8Array.from([100, 50, 150, 120, 60, 30]) };
  assert.deepEqual([...painted({ samples, tone: PLAIN, low: 50, high: 101, place })], [250, 0, 255, 255, 255, 50, 0, 255]);
  const curves = curvesOf([{ samples, x: 0, y: 0 }], 2, 1, 0, 255);
  const even = painted({ samples, tone: { ...PLAIN, even: true }, low: 0, high: 255, curves, place });
  assert.ok(even[2]! >= even[0]! && even[0]! >= even[1]!);
});

test("local contrast lifts a faint step in a dark corner and never turns brightness around", () => {
  const f = (x: number, y: number): number => (x < 64 && y < 64 ? 1000 + (x > 40 && x < 56 ? 60 : 0) : 40000 + x * 20);
  const samples = grey16(256, 256, f, 1000, 45100);
  const curves = curvesOf([{ samples, x: 0, y: 0 }], 256, 256, 1000, 45100);
  const { bytes } = answer({ ask: "tone", id: 3, job: { samples, tone: { ...PLAIN, even: true }, low: 1000, high: 45100, curves, place } });
  assert.ok(bytes);
  const at = (x: number, y: number): number => bytes[4 * (y * 256 + x)]!;
  assert.ok(at(48, 20) >= at(20, 20));
  for (let x = 130; x < 250; x += 10) assert.ok(at(x + 5, 200) >= at(x, 200) - 40, `at ${x}`);
});

test("the fitting window leaves few pixels outside, and its ends stay apart and inside", () => {
  const spread = spreadOf([grey16(100, 100, (x, y) => (x === 0 && y < 10 ? 65535 : 20000 + x * 100), 0, 65535)]);
  const { low, high } = fitting(spread);
  assert.ok(low > 18000 && low <= 20100 && high >= 29900 && high < 32000, `${low} ${high}`);
  assert.deepEqual(movedEnd({ low: 100, high: 200 }, "low", 5000, { ...spread, high: 25600 }), { low: 100, high: 200 });
  assert.equal(movedEnd({ low: 0, high: 9000 }, "high", 99999, spread).high, 65535);
  assert.ok(fitting(spreadOf([grey16(4, 4, () => 7, 7, 7)])).high > 7, "an even picture has a window too");
});
