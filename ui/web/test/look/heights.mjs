// A picture whose samples are heights: 1000 counts on its left edge, 2.5 more for every pixel to the right.

const width = 1200, height = 900, levels = 2;

const tile = (z, x, y) => {
  const shrink = 2 ** (levels - z), w = Math.min(512, Math.ceil(width / shrink) - x * 512), h = Math.min(512, Math.ceil(height / shrink) - y * 512);
  const out = Buffer.alloc(16 + 2 * w * h);
  out.write("ELP1");
  out.set([16, 1], 4);
  [w, h, 1000, 4000].forEach((v, i) => out.writeUInt16LE(v, 6 + 2 * i));
  for (let i = 0; i < w * h; i++) out.writeUInt16LE(1000 + Math.floor(2.5 * (x * 512 + (i % w)) * shrink), 16 + 2 * i);
  return out;
};

/** Answers the page's questions for samples. */
export const heights = (page) =>
  page.route(/\/samples\/\d+\/\d+_\d+$/, (route) => {
    const [z, x, y] = /(\d+)\/(\d+)_(\d+)$/.exec(route.request().url()).slice(1).map(Number);
    return route.fulfill({ contentType: "application/octet-stream", body: tile(z, x, y) });
  });
