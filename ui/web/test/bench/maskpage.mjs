// The part of the measurement of box to mask that runs in the browser.
const LEAST = 40; // px of a defect that counts

/** Draws `seeds` random boxes around every defect of the pictures and asks the page's own worker for the masks. */
export async function measure(pictures, seeds) {
  const ask = asker(new Worker("/worker.js", { type: "module" }));
  const random = seeded(100);
  const out = [];
  for (const picture of pictures) {
    const grey = greyOf(await drawn(picture.file));
    for (const defect of await defectsOf(picture, grey)) {
      for (let n = 0; n < seeds; n++) {
        const box = loosened(random, defect, grey);
        const question = { ask: "cutout", ...around(grey, box) };
        const start = performance.now();
        const bits = await ask(question);
        out.push({ kind: picture.kind, ms: performance.now() - start, ...overlap(bits, box, defect, grey.w) });
      }
    }
  }
  return out;
}

/** Numbers from 0 to below 1 that are the same in every run (mulberry32). */
const seeded = (state) => () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

const asker = (worker) => (question) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data.bytes);
    worker.onerror = reject;
    worker.postMessage({ ...question, id: 1 });
  });

async function drawn(file) {
  const bitmap = await createImageBitmap(await (await fetch("/" + file)).blob(), { colorSpaceConversion: "none" });
  const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  pen.drawImage(bitmap, 0, 0);
  return pen.getImageData(0, 0, bitmap.width, bitmap.height);
}

const greyOf = ({ width: w, height: h, data }) => ({ w, h, px: Uint8Array.from({ length: w * h }, (_, i) => (data[4 * i] * 77 + data[4 * i + 1] * 150 + data[4 * i + 2] * 29 + 128) >> 8) });

/** The pixels of every defect, from a picture of them or from their outlines. */
async function defectsOf({ mask, outlines }, { w, h }) {
  if (mask) return pieces(greyOf(await drawn(mask)).px.map((v) => (v > 127 ? 1 : 0)), w);
  return outlines.map((points) => {
    const pen = new OffscreenCanvas(w, h).getContext("2d");
    pen.beginPath();
    for (const [x, y] of points) pen.lineTo(x, y);
    pen.fill();
    const { data } = pen.getImageData(0, 0, w, h);
    return [...Array(w * h).keys()].filter((i) => data[4 * i + 3] > 127);
  }).filter((at) => at.length >= LEAST);
}

/** Pixels that touch, also by a corner, belong together. */
function pieces(bits, w) {
  const out = [];
  bits.forEach((b, start) => {
    if (b === 0) return;
    const piece = [], todo = [start];
    bits[start] = 0;
    for (let i = todo.pop(); i !== undefined; i = todo.pop()) {
      piece.push(i);
      for (const n of [i - w - 1, i - w, i - w + 1, i - 1, i + 1, i + w - 1, i + w, i + w + 1]) {
        if (bits[n] !== 1 || Math.abs((n % w) - (i % w)) > 1) continue;
        bits[n] = 0;
        todo.push(n);
      }
    }
    if (piece.length >= LEAST) out.push(piece);
  });
  return out;
}

/** A box as people draw it: looser than the defect by 2 px to 2 px and 15 % of the side at every side. */
function loosened(random, at, { w, h }) {
  let [x1, y1, x2, y2] = [w, h, 0, 0];
  for (const i of at) {
    const x = i % w, y = Math.floor(i / w);
    [x1, y1, x2, y2] = [Math.min(x1, x), Math.min(y1, y), Math.max(x2, x + 1), Math.max(y2, y + 1)];
  }
  const loose = (side) => Math.round(2 + 0.15 * side * random());
  const x = Math.max(0, x1 - loose(x2 - x1)), y = Math.max(0, y1 - loose(y2 - y1));
  return { x, y, w: Math.min(w, x2 + loose(x2 - x1)) - x, h: Math.min(h, y2 + loose(y2 - y1)) - y };
}

/** The part of the picture that the page sends to the worker, and the box in it. */
function around({ w, h, px }, box) {
  const air = Math.max(4, Math.ceil(Math.max(box.w, box.h) * 0.25));
  const x = Math.max(0, box.x - air), y = Math.max(0, box.y - air);
  const part = { w: Math.min(w, box.x + box.w + air) - x, h: Math.min(h, box.y + box.h + air) - y };
  const out = new Uint8Array(part.w * part.h);
  for (let row = 0; row < part.h; row++) out.set(px.subarray((y + row) * w + x, (y + row) * w + x + part.w), row * part.w);
  return { grey: { ...part, px: out }, box: { ...box, x: box.x - x, y: box.y - y } };
}

/** Intersection over union, and the area of the mask as a part of the defect's. */
function overlap(bits, box, at, w) {
  const found = bits ? bits.reduce((a, b) => a + b, 0) : 0;
  const both = at.filter((i) => bits?.[(Math.floor(i / w) - box.y) * box.w + (i % w) - box.x] === 1).length;
  return { iou: both / (found + at.length - both), area: found / at.length };
}
