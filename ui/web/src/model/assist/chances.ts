import type { Window } from "./plane";

const LEVELS = 256; // strays from -128 to 127
const LEAST_KERNEL = 1.5;
const MOST = 4; // of a score: no pixel is surer than that
const RARE = 1e-4; // a chance that no value falls below
/** The part of the box that is background before anything is known. */
const BACKGROUND = 0.5;
const FEWEST = 6; // pixels to learn from

/** How likely each stray from the background is outside of a box and on the object in it: smooth histograms, learnt as it goes. */
export class Chances {
  private readonly bins: Uint8Array;
  private readonly outside: Float64Array;
  private readonly kernel: Float64Array;
  private object: Float64Array;

  /** stray holds the box and the ring around it, row by row; sigma is the width of the kernel that smooths the histograms. */
  constructor(
    stray: Float32Array,
    private readonly around: Window,
    private readonly inner: Window,
    sigma: number,
  ) {
    this.bins = Uint8Array.from(stray, (v) => Math.max(0, Math.min(LEVELS - 1, Math.round(v + LEVELS / 2))));
    this.kernel = bell(Math.max(LEAST_KERNEL, sigma));
    const all = new Float64Array(LEVELS);
    for (const b of this.bins) all[b]! += 1;
    const inside = this.count(() => true);
    this.outside = this.smooth(all.map((n, i) => n - (inside[i] ?? 0)));
    const box = this.smooth(inside);
    this.object = box.map((p, i) => Math.max(p - BACKGROUND * (this.outside[i] ?? 0), 0.02 * p) / (1 - BACKGROUND));
  }

  /** The logarithm of how much likelier each pixel is the object's than the background's. */
  scores(): Float32Array {
    const table = this.object.map((p, i) => Math.max(-MOST, Math.min(MOST, Math.log((p + RARE) / ((this.outside[i] ?? 0) + RARE)))));
    return Float32Array.from(this.bins, (b) => table[b] ?? 0);
  }

  /** Learns the object's values from the pixels of the box that are set; false when they are too few. */
  learn(bits: Uint8Array): boolean {
    const counts = this.count((i) => bits[i] === 1);
    if (counts.reduce((a, b) => a + b, 0) < FEWEST) return false;
    this.object = this.smooth(counts);
    return true;
  }

  private count(takes: (i: number) => boolean): Float64Array {
    const out = new Float64Array(LEVELS);
    const { x, y, w, h } = this.inner;
    for (let row = 0, i = 0; row < h; row++) {
      for (let col = 0; col < w; col++, i++) if (takes(i)) out[this.bins[(y + row) * this.around.w + x + col] ?? 0]! += 1;
    }
    return out;
  }

  /** The density of a histogram, its steps blurred by the kernel. */
  private smooth(counts: Float64Array): Float64Array {
    const reach = (this.kernel.length - 1) / 2;
    const out = new Float64Array(LEVELS);
    let total = 0;
    counts.forEach((n, i) => {
      total += n;
      for (let d = -reach; n > 0 && d <= reach; d++) if (i + d >= 0 && i + d < LEVELS) out[i + d]! += n * (this.kernel[d + reach] ?? 0);
    });
    return out.map((v) => v / Math.max(1, total));
  }
}

function bell(sigma: number): Float64Array {
  const reach = Math.ceil(3 * sigma);
  const out = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
  const sum = out.reduce((a, b) => a + b, 0);
  return out.map((v) => v / sum);
}
