// Tiles of samples: what the picture's file holds, not what a screen shows of it. ui/samples.go draws the bytes.

export interface Samples {
  readonly bits: 8 | 16;
  readonly channels: 1 | 3;
  readonly w: number; // px
  readonly h: number;
  readonly low: number; // of the whole picture
  readonly high: number;
  readonly px: Uint8Array | Uint16Array; // row by row, channels interleaved
}

const header = 16; // bytes

/** Throws when the bytes are no tile of samples. */
export const decodeSamples = (bytes: ArrayBuffer): Samples => {
  const view = new DataView(bytes);
  if (bytes.byteLength < header || view.getUint32(0) !== 0x454c5031) throw new Error("samples: no ELP1 header");
  const bits = view.getUint8(4), channels = view.getUint8(5);
  const w = view.getUint16(6, true), h = view.getUint16(8, true);
  if ((bits !== 8 && bits !== 16) || (channels !== 1 && channels !== 3)) throw new Error(`samples: ${bits} bits in ${channels} channels`);
  const n = w * h * channels;
  if (bytes.byteLength !== header + (n * bits) / 8) throw new Error(`samples: ${bytes.byteLength} bytes for ${w} × ${h}`);
  const px = bits === 16 ? new Uint16Array(bytes, header, n) : new Uint8Array(bytes, header, n); // every machine that runs a browser is little-endian
  return { bits, channels, w, h, low: view.getUint16(10, true), high: view.getUint16(12, true), px };
};
