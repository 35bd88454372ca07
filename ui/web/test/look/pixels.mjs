// Screenshots as small files: 8-bit RGB pictures decoded, brought to a small fixed palette, and written with it.
//
//	Chromium's PNG ─▶ pixels (RGB) ─▶ indices of the palette ─▶ golden PNG ─▶ indices
//
// The palette has 12 greys and 48 colours: enough to see what a person would see, and a screen stays below 60 kB.
import { crc32, deflateSync, inflateSync } from "node:zlib";

const greys = 12, reds = 4, greens = 4, blues = 3; // fewer of them make smaller files
const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

const palette = Buffer.alloc(768);
for (let i = 0; i < greys; i++) palette.fill(Math.round((i * 255) / (greys - 1)), i * 3, i * 3 + 3);
for (let r = 0, i = greys * 3; r < reds; r++) for (let g = 0; g < greens; g++) for (let b = 0; b < blues; b++) for (const [v, n] of [[r, reds], [g, greens], [b, blues]]) palette[i++] = Math.round((v * 255) / (n - 1));

const level = (v, n) => Math.round((v * (n - 1)) / 255);
const nearest = (r, g, b) => (Math.max(r, g, b) - Math.min(r, g, b) < 24 ? level((r + g + b) / 3, greys) : greys + (level(r, reds) * greens + level(g, greens)) * blues + level(b, blues));

function* chunks(file) {
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) yield { type: file.toString("latin1", at + 4, at + 8), data: file.subarray(at + 8, at + 8 + file.readUInt32BE(at)) };
}

const head = (file) => {
  const ihdr = [...chunks(file)].find((c) => c.type === "IHDR").data;
  return { width: ihdr.readUInt32BE(0), height: ihdr.readUInt32BE(4), depth: ihdr[8], colour: ihdr[9] };
};
const inflated = (file) => inflateSync(Buffer.concat([...chunks(file)].filter((c) => c.type === "IDAT").map((c) => c.data)));
const paeth = (a, b, c) => {
  const p = a + b - c, [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
};

/** Undoes the filters of a PNG's rows, in place; bpp bytes make a pixel. */
const unfilter = (raw, stride, rows, bpp) => {
  for (let y = 0; y < rows; y++) {
    const at = y * (stride + 1), filter = raw[at], up = at - stride - 1;
    for (let x = 1; x <= stride; x++) {
      const a = x > bpp ? raw[at + x - bpp] : 0, b = y > 0 ? raw[up + x] : 0, c = x > bpp && y > 0 ? raw[up + x - bpp] : 0;
      raw[at + x] += [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter];
    }
  }
  return raw;
};

/** The palette's indices of a screenshot. */
export const reduce = (file) => {
  const { width, height, colour } = head(file), bpp = colour === 6 ? 4 : 3, stride = width * bpp;
  const raw = unfilter(inflated(file), stride, height, bpp), indices = Buffer.alloc(width * height);
  for (let y = 0; y < height; y++) for (let x = 0, p = y * (stride + 1) + 1; x < width; x++, p += bpp) indices[y * width + x] = nearest(raw[p], raw[p + 1], raw[p + 2]);
  return { width, height, indices };
};

const chunk = (type, data) => {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, "latin1");
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)) >>> 0, 8 + data.length);
  return out;
};

export const write = ({ width, height, indices }) => {
  const ihdr = Buffer.alloc(13), rows = Buffer.alloc((width + 1) * height);
  ihdr.writeUInt32BE(width, 0);
  ihdr.writeUInt32BE(height, 4);
  ihdr.set([8, 3], 8);
  for (let y = 0; y < height; y++) indices.copy(rows, y * (width + 1) + 1, y * width, (y + 1) * width);
  return Buffer.concat([signature, chunk("IHDR", ihdr), chunk("PLTE", palette), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
};

/** Reads what `write` wrote. */
export const read = (file) => {
  const { width, height } = head(file), rows = inflated(file), indices = Buffer.alloc(width * height);
  for (let y = 0; y < height; y++) rows.copy(indices, y * width, y * (width + 1) + 1, (y + 1) * (width + 1));
  return { width, height, indices };
};

/** The share of pixels that differ by more than `far` (0 to 255) in a channel; 1 where the sizes differ. */
export const difference = (a, b, far) => {
  if (a.width !== b.width || a.height !== b.height) return 1;
  let n = 0;
  for (let i = 0; i < a.indices.length; i++) {
    const p = a.indices[i] * 3, q = b.indices[i] * 3;
    if (p !== q && [0, 1, 2].some((k) => Math.abs(palette[p + k] - palette[q + k]) > far)) n++;
  }
  return n / a.indices.length;
};
