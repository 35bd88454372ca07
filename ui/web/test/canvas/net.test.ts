import assert from "node:assert/strict";
import { test } from "node:test";
import { packed, unpacked } from "../../src/model/assist/codec";
import { cutOut } from "../../src/model/assist/cutout";
import { convolved, forward, LAYERS, type Weights } from "../../src/model/assist/net";
import { AIR, cellsOf, CHANNELS, INNER, shownOf, SIDE } from "../../src/model/assist/shown";
import { WEIGHTS } from "../../src/model/assist/weights";
import { Adam } from "../../train/adam";
import { backward } from "../../train/backward";
import { lossOf } from "../../train/loss";
import { Random } from "../../train/random";
import { sample } from "../../train/sample";

const random = new Random(3);
const noise = (length: number, by = 1): Float32Array => Float32Array.from({ length }, () => by * random.normal());
const some = (): Weights[] => LAYERS.map(({ from, to }) => ({ w: noise(from * to * 9, Math.sqrt(2 / (9 * from))), b: noise(to, 0.1) }));
const noughts = (net: readonly Weights[]): Weights[] => net.map(({ w, b }) => ({ w: new Float32Array(w.length), b: new Float32Array(b.length) }));

test("a convolution sums three by three cells of all channels, with nought beyond the border", () => {
  const v = Float32Array.from([1, 2, 3, 4, 10, 20, 30, 40]); // two channels of two by two
  const w = Float32Array.from([0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]); // itself and twice the right one; the one above
  assert.deepEqual([...convolved(v, { w, b: Float32Array.of(100) }, { from: 2, to: 1, side: 2 })], [105, 102, 121, 124]);
});

test("the gradients are those that small changes of the weights show", () => {
  const net = some();
  const shown = noise(CHANNELS * SIDE * SIDE, 0.5);
  const meant = Float32Array.from({ length: INNER * INNER }, () => (random.chance(0.4) ? 1 : 0));
  const loss = (): number => lossOf(forward(net, shown).gave.at(-1)!, meant).loss;
  const grads = noughts(net);
  const pass = forward(net, shown);
  backward(net, pass, lossOf(pass.gave.at(-1)!, meant).want, grads);
  for (const [k, { w, b }] of net.entries()) {
    // Along the gradient itself, all weights of a layer at once: single ones are lost in the rounding of floats.
    const grad = grads[k]!;
    const steep = Math.hypot(...grad.w, ...grad.b);
    const moved = (by: number): number => {
      for (const [v, g] of [[w, grad.w], [b, grad.b]] as const) g.forEach((x, i) => (v[i]! += (by * x) / steep));
      return loss();
    };
    const rise = (moved(1e-3) - moved(-2e-3)) / 2e-3;
    moved(1e-3);
    assert.ok(Math.abs(rise / steep - 1) < 0.1, `layer ${k}: ${rise} for ${steep}`);
  }
});

test("steps against the gradient bring the loss down", () => {
  const net = some();
  const { grey, box } = sample(random);
  const shown = shownOf(grey, box, cellsOf(grey, box));
  const meant = Float32Array.from({ length: INNER * INNER }, (_, i) => (Math.hypot((i % INNER) - 15, Math.floor(i / INNER) - 15) < 9 ? 1 : 0));
  const adam = new Adam(net, 12);
  const losses = Array.from({ length: 12 }, () => {
    const pass = forward(net, shown);
    const { loss, want } = lossOf(pass.gave.at(-1)!, meant);
    const grads = noughts(net);
    backward(net, pass, want, grads);
    adam.step([grads], 1);
    return loss;
  });
  assert.ok(losses.at(-1)! < 0.7 * losses[0]!, losses.join(" "));
});

test("weights come back from their text to half a step", () => {
  const net = some();
  const back = unpacked(packed(net));
  net.forEach(({ w }, k) => {
    const step = Math.max(...w.map(Math.abs)) / 127;
    w.forEach((v, i) => assert.ok(Math.abs(v - back[k]!.w[i]!) <= step * 0.51));
  });
  assert.ok(WEIGHTS.length <= 20_000);
  assert.deepEqual(unpacked(WEIGHTS).map(({ w, b }) => [w.length, b.length]), net.map(({ w, b }) => [w.length, b.length]));
  assert.equal(atob(WEIGHTS).length, atob(packed(net)).length);
});

test("cells show the mean of the pixels that they hold, and what lies between smaller ones", () => {
  const grey = { w: 400, h: 90, px: Uint8Array.from({ length: 36_000 }, (_, i) => ((i % 400) >> 1) + 20) }; // one level every two px
  const box = { x: 60, y: 40, w: 256, h: 8 };
  const { strays, plane } = cellsOf(grey, box);
  assert.ok(Math.abs(plane.b - 4) < 0.05 && Math.abs(plane.c) < 0.02, JSON.stringify(plane));
  for (let i = 0; i < strays.length; i++) assert.ok(Math.abs(strays[i]!) < 1.5 || i % SIDE < 1, `${i % SIDE} ${strays[i]}`);
});

test("cells beyond the picture are shown as such", () => {
  const grey = { w: 32, h: 32, px: new Uint8Array(1024).fill(90) };
  const box = { x: 0, y: 0, w: 32, h: 32 };
  const beyond = shownOf(grey, box, cellsOf(grey, box)).subarray(4 * SIDE * SIDE, 5 * SIDE * SIDE);
  const picture = SIDE - AIR;
  beyond.forEach((v, i) => assert.equal(v, i % SIDE >= AIR && i % SIDE < picture && i >= AIR * SIDE && i < picture * SIDE ? 0 : 1));
});

test("the weights find defects that were not drawn for the training", () => {
  const fresh = new Random(2026);
  const found = Array.from({ length: 60 }, () => {
    const { grey, mask, box } = sample(fresh);
    const bits = cutOut(grey, box);
    let both = 0, any = 0;
    for (let i = 0; i < box.w * box.h; i++) {
      const meant = mask[(box.y + Math.floor(i / box.w)) * grey.w + box.x + (i % box.w)] === 1;
      if (meant && bits?.[i] === 1) both++;
      if (meant || bits?.[i] === 1) any++;
    }
    return both / any;
  });
  const mean = found.reduce((a, b) => a + b, 0) / found.length;
  assert.ok(mean > 0.65, String(mean));
});

test("every drawn sample has its defect inside its box", () => {
  for (let n = 0; n < 30; n++) {
    const { grey, mask, box } = sample(random);
    assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.w <= grey.w && box.y + box.h <= grey.h && mask.length === grey.px.length);
    mask.forEach((b, i) => {
      const x = (i % grey.w) - box.x, y = Math.floor(i / grey.w) - box.y;
      assert.ok(b === 0 || (x >= 0 && y >= 0 && x < box.w && y < box.h));
    });
  }
});
