// A worker that draws its own samples and says how the loss on some of them changes with the weights.

import { parentPort, workerData } from "node:worker_threads";
import { cellsOf, CHANNELS, INNER, shownOf, SIDE } from "../src/model/assist/shown";
import { forward, type Weights } from "../src/model/assist/net";
import { backward } from "./backward";
import { lossOf } from "./loss";
import { Random } from "./random";
import { sample, type Sample } from "./sample";

/** What a worker is started with. */
export interface Share {
  readonly seed: number;
  readonly samples: number; // to draw
}

/** The weights to try, and on how many samples. */
export interface Task {
  readonly net: Weights[];
  readonly take: number;
}

/** Sums over the samples. */
export interface Result {
  readonly loss: number;
  readonly grads: Weights[];
}

const STEPS = 100; // what is shown and meant is kept as bytes of so many steps to 1

class Shard {
  private readonly random: Random;
  private readonly drawn: { readonly shown: Int8Array; readonly meant: Int8Array }[];

  constructor({ seed, samples }: Share) {
    this.random = new Random(seed);
    this.drawn = Array.from({ length: samples }, () => {
      const s = sample(this.random);
      return { shown: bytes(shownOf(s.grey, s.box, cellsOf(s.grey, s.box))), meant: bytes(coverage(s)) };
    });
  }

  try({ net, take }: Task): Result {
    const grads = net.map(({ w, b }) => ({ w: new Float32Array(w.length), b: new Float32Array(b.length) }));
    let total = 0;
    for (let n = 0; n < take; n++) {
      const { shown, meant } = this.one();
      const pass = forward(net, shown);
      const { loss, want } = lossOf(pass.gave.at(-1)!, meant);
      backward(net, pass, want, grads);
      total += loss;
    }
    return { loss: total, grads };
  }

  /** One of the samples, half of the time upside down. */
  private one(): { shown: Float32Array; meant: Float32Array } {
    const s = this.drawn[Math.floor(this.random.next() * this.drawn.length)]!;
    const shown = Float32Array.from(s.shown, (v) => v / STEPS);
    const meant = Float32Array.from(s.meant, (v) => v / STEPS);
    if (this.random.chance(0.5)) return { shown, meant };
    for (let c = 0; c < CHANNELS; c++) shown.subarray(c * SIDE * SIDE, (c + 1) * SIDE * SIDE).reverse();
    return { shown, meant: meant.reverse() };
  }
}

const bytes = (v: Float32Array): Int8Array => Int8Array.from(v, (x) => Math.round(x * STEPS));

/** The part of every cell of the box that the object covers, by four by four points. */
function coverage({ grey, mask, box }: Sample): Float32Array {
  const out = new Float32Array(INNER * INNER);
  const fine = INNER * 4;
  for (let y = 0; y < fine; y++) {
    const row = box.y + Math.floor(((y + 0.5) * box.h) / fine);
    for (let x = 0; x < fine; x++) out[(y >> 2) * INNER + (x >> 2)]! += (mask[row * grey.w + box.x + Math.floor(((x + 0.5) * box.w) / fine)] ?? 0) / 16;
  }
  return out;
}

const shard = new Shard(workerData as Share);
parentPort?.on("message", (task: Task) => parentPort?.postMessage(shard.try(task)));
parentPort?.postMessage("drawn");
