// Decoder of the series answer, little endian throughout:
//
//   "ELS1" | u32 length of JSON | JSON, padded with spaces to a multiple of 8 from the start | columns, each padded to 8 bytes
//   samples: f64 t[N] · f64 v[N] · u8 quality[N]
//   buckets: f64 min[N] · f64 max[N] · u32 count[N] · u8 worst[N]
//

import { WireError } from "./errors";
import type { Gap, SeriesBlock, Trace } from "./types";

interface Head {
  from: number;
  to: number;
  traces: { tag: string; name?: string; unit?: string; kind: "samples" | "buckets"; n: number; t0?: number; step?: number }[] | null;
  gaps: Gap[] | null;
}

const wrong = (why: string): WireError => new WireError("garbled", "series", why);

class Columns {
  constructor(private readonly data: ArrayBuffer, private at: number) {}

  f64(n: number): Float64Array {
    return new Float64Array(this.data, this.take(n * 8), n);
  }
  u32(n: number): Uint32Array {
    return new Uint32Array(this.data, this.take(n * 4), n);
  }
  u8(n: number): Uint8Array {
    return new Uint8Array(this.data, this.take(n), n);
  }

  private take(bytes: number): number {
    const from = this.at;
    if (from + bytes > this.data.byteLength) throw wrong(`column of ${bytes} bytes at ${from} runs over ${this.data.byteLength}`);
    this.at = from + Math.ceil(bytes / 8) * 8;
    return from;
  }
}

const readHead = (data: ArrayBuffer): { head: Head; end: number } => {
  if (data.byteLength < 8) throw wrong(`${data.byteLength} bytes, no header`);
  const magic = new TextDecoder().decode(new Uint8Array(data, 0, 4));
  const length = new DataView(data).getUint32(4, true);
  const end = 8 + length;
  if (magic !== "ELS1") throw wrong(`begins with ${JSON.stringify(magic)}, want ELS1`);
  if (end % 8 !== 0 || end > data.byteLength) throw wrong(`header of ${length} bytes in ${data.byteLength}`);
  try {
    return { head: JSON.parse(new TextDecoder().decode(new Uint8Array(data, 8, length))) as Head, end };
  } catch (err) {
    throw wrong(`header: ${String(err)}`);
  }
};

const readTrace = (h: NonNullable<Head["traces"]>[number], columns: Columns): Trace => {
  if (!Number.isInteger(h.n) || h.n < 0) throw wrong(`trace ${h.tag}: n is ${h.n}`);
  const head = { tag: h.tag, name: h.name || h.tag, unit: h.unit ?? "" };
  if (h.kind === "samples") return { ...head, kind: "samples", t: columns.f64(h.n), v: columns.f64(h.n), quality: columns.u8(h.n) };
  if (h.kind !== "buckets") throw wrong(`trace ${h.tag}: kind ${JSON.stringify(h.kind)}`);
  const column = { min: columns.f64(h.n), max: columns.f64(h.n), count: columns.u32(h.n), worst: columns.u8(h.n) };
  return { ...head, kind: "buckets", t0: h.t0 ?? 0, step: h.step ?? 0, ...column };
};

/** Decodes one answer, or throws a WireError that says where it is broken. The block keeps the memory of `data`. */
export const decodeSeries = (data: ArrayBuffer): SeriesBlock => {
  const { head, end } = readHead(data);
  const columns = new Columns(data, end);
  const traces = (head.traces ?? []).map((h) => readTrace(h, columns));
  return { base: head.from, from: 0, to: (head.to - head.from) / 1e6, traces, gaps: head.gaps ?? [] };
};
