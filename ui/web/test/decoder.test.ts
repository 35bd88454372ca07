import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeSeries } from "../src/wire/els1";
import { WireError } from "../src/wire/errors";

type Column = Float64Array | Uint32Array | Uint8Array;

const encode = (head: object, columns: Column[]): ArrayBuffer => {
  let json = Buffer.from(JSON.stringify(head));
  json = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, 0x20)]);
  const start = Buffer.alloc(8);
  start.write("ELS1", 0, "latin1");
  start.writeUInt32LE(json.length, 4);
  const parts = columns.map((c) => Buffer.concat([Buffer.from(c.buffer, c.byteOffset, c.byteLength), Buffer.alloc((8 - (c.byteLength % 8)) % 8)]));
  const all = Buffer.concat([start, json, ...parts]);
  return all.buffer.slice(all.byteOffset, all.byteOffset + all.byteLength) as ArrayBuffer;
};

const base = 1_764_000_000_000_000_000;
const samples = { tag: "a", name: "Force", unit: "N", kind: "samples", n: 3 };
const buckets = { tag: "b", name: "", unit: "", kind: "buckets", n: 5, t0: 2, step: 20 };
const columns: Column[] = [
  Float64Array.of(0, 10, 20), Float64Array.of(1, NaN, 3), Uint8Array.of(0, 2, 1),
  Float64Array.of(1, 2, NaN, 4, 5), Float64Array.of(2, 3, NaN, 5, 6), Uint32Array.of(1, 2, 0, 4, 5), Uint8Array.of(0, 0, 2, 0, 1),
];

test("samples and buckets come out as they went in, whatever the padding", () => {
  const gap = { source: "plc", from: base, to: base + 5e6, reason: "silent" };
  const block = decodeSeries(encode({ from: base, to: base + 100e6, traces: [samples, buckets], gaps: [gap] }, columns));
  assert.equal(block.base, base);
  assert.ok(Math.abs(block.to - 100) < 0.001);
  assert.deepEqual(block.gaps, [gap]);
  const [a, b] = block.traces;
  assert.ok(a?.kind === "samples" && b?.kind === "buckets");
  assert.deepEqual([...a.t], [0, 10, 20]);
  assert.ok(Number.isNaN(a.v[1]) && a.v[2] === 3);
  assert.deepEqual([...a.quality], [0, 2, 1]);
  assert.deepEqual([b.t0, b.step, b.name], [2, 20, "b"]);
  assert.deepEqual([...b.count], [1, 2, 0, 4, 5]);
  assert.deepEqual([...b.worst], [0, 0, 2, 0, 1]);
});

test("no traces and no gaps is an empty block", () => {
  const block = decodeSeries(encode({ from: base, to: base, traces: null, gaps: null }, []));
  assert.deepEqual([block.traces, block.gaps, block.to], [[], [], 0]);
});

test("every cut of an answer is refused with a place, never read past its end", () => {
  const whole = encode({ from: base, to: base + 100e6, traces: [samples, buckets], gaps: [] }, columns);
  for (let n = 0; n < whole.byteLength; n += 7) {
    assert.throws(() => decodeSeries(whole.slice(0, n)), (err: unknown) => err instanceof WireError && err.code === "garbled", `cut at ${n}`);
  }
});

test("other bytes are refused", () => {
  for (const bytes of ["ELS2\0\0\0\0", "<!doctype html>", "ELS1\xff\xff\xff\x7f", "ELS1\x03\0\0\0{}}"]) {
    assert.throws(() => decodeSeries(new Uint8Array(Buffer.from(bytes, "latin1")).buffer as ArrayBuffer), WireError, bytes);
  }
});
