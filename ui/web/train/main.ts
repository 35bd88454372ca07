// Trains the net behind "box to mask" on drawn defects and writes its weights. The same numbers every time: shards have their own seeds.

import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import { packed } from "../src/model/assist/codec";
import { LAYERS, type Weights } from "../src/model/assist/net";
import { Adam } from "./adam";
import { Random } from "./random";
import type { Result, Share, Task } from "./shard";

const SHARDS = 2; // also on a machine with more cores: another number gives other weights
const SAMPLES = 4500; // drawn by each
const BATCH = 8;
const STEPS = 4000;

/** Random weights as of He et al., ICCV 2015. */
function fresh(r: Random): Weights[] {
  return LAYERS.map(({ from, to }) => ({ w: Float32Array.from({ length: from * to * 9 }, () => r.normal() * Math.sqrt(2 / (9 * from))), b: new Float32Array(to) }));
}

async function ask(shard: Worker, task: Task): Promise<Result> {
  const answer = once(shard, "message");
  shard.postMessage(task);
  return ((await answer) as [Result])[0];
}

async function train(net: Weights[], shards: readonly Worker[]): Promise<void> {
  const adam = new Adam(net, STEPS);
  let loss = 0;
  for (let step = 1; step <= STEPS; step++) {
    const results = await Promise.all(shards.map((s) => ask(s, { net, take: BATCH / SHARDS })));
    adam.step(results.map((r) => r.grads), BATCH);
    loss += results.reduce((sum, r) => sum + r.loss, 0) / BATCH;
    if (step % 100 > 0) continue;
    console.log(`step ${step} of ${STEPS}: loss ${(loss / 100).toFixed(4)}`);
    loss = 0;
  }
}

/** The weights as a module, in lines that an editor can show. */
function moduleOf(net: readonly Weights[]): string {
  const lines = packed(net).match(/.{1,150}/g) ?? [];
  return `/** Trained on drawn defects by \`npm run train\`; see codec.ts for the bytes. */\nexport const WEIGHTS = \`\n${lines.join("\n")}\n\`;\n`;
}

const [shardFile = "", outFile = ""] = process.argv.slice(2);
const shards = Array.from({ length: SHARDS }, (_, i) => new Worker(shardFile, { workerData: { seed: 11 * (i + 1), samples: SAMPLES } satisfies Share }));
await Promise.all(shards.map((s) => once(s, "message")));
console.log(`${SHARDS * SAMPLES} samples drawn`);
const net = fresh(new Random(1));
await train(net, shards);
await writeFile(outFile, moduleOf(net));
await Promise.all(shards.map((s) => s.terminate()));
