/** Set operations on masks of one byte per pixel, row by row; a pixel has eight neighbours. */

/** The pieces that have at least this part of the largest piece's pixels. */
export function kept(bits: Uint8Array, w: number, h: number, part: number): Uint8Array {
  const { of, sizes } = pieces(bits, w, h);
  const most = sizes.reduce((a, b) => Math.max(a, b), 0);
  return Uint8Array.from(of, (piece) => (piece > 0 && (sizes[piece] ?? 0) >= most * part ? 1 : 0));
}

/** Fills what cannot be reached from the border. */
export function filled(bits: Uint8Array, w: number, h: number): Uint8Array {
  const out = new Uint8Array(bits.length).fill(1);
  const todo: number[] = [];
  const reach = (i: number): void => {
    if (bits[i] === 1 || out[i] === 0) return;
    out[i] = 0;
    todo.push(i);
  };
  for (let x = 0; x < w; x++) reach(x), reach((h - 1) * w + x);
  for (let y = 0; y < h; y++) reach(y * w), reach(y * w + w - 1);
  for (let i = todo.pop(); i !== undefined; i = todo.pop()) {
    const x = i % w;
    if (x > 0) reach(i - 1);
    if (x < w - 1) reach(i + 1);
    if (i >= w) reach(i - w);
    if (i < w * (h - 1)) reach(i + w);
  }
  return out;
}

/** The piece of every pixel, 0 where none, and the pieces' sizes. */
function pieces(bits: Uint8Array, w: number, h: number): { of: Int32Array; sizes: number[] } {
  const of = new Int32Array(bits.length);
  const sizes = [0];
  for (let start = 0; start < bits.length; start++) {
    if (bits[start] !== 1 || of[start] !== 0) continue;
    const piece = sizes.length;
    sizes.push(flood(bits, of, w, h, start, piece));
  }
  return { of, sizes };
}

function flood(bits: Uint8Array, of: Int32Array, w: number, h: number, start: number, piece: number): number {
  const todo = [start];
  of[start] = piece;
  let size = 0;
  for (let i = todo.pop(); i !== undefined; i = todo.pop()) {
    size++;
    const x = i % w;
    const y = (i - x) / w;
    for (let ny = Math.max(0, y - 1); ny <= Math.min(h - 1, y + 1); ny++) {
      for (let nx = Math.max(0, x - 1); nx <= Math.min(w - 1, x + 1); nx++) {
        const n = ny * w + nx;
        if (bits[n] !== 1 || of[n] !== 0) continue;
        of[n] = piece;
        todo.push(n);
      }
    }
  }
  return size;
}
