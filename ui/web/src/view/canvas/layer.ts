import type { Extent } from "../../model/canvas/geometry";

/** One canvas that fills its stage at the resolution of the screen; its context counts CSS pixels. */
export class Layer {
  readonly g: CanvasRenderingContext2D;
  private dpr = 1;

  constructor(
    readonly canvas: HTMLCanvasElement,
    opaque = false,
  ) {
    const g = canvas.getContext("2d", { alpha: !opaque });
    if (!g) throw new Error("stage: this browser gives no 2d context");
    this.g = g;
  }

  get density(): number {
    return this.dpr;
  }

  /** Sizes the canvas and reports whether it changed (which clears it). */
  resize(size: Extent, dpr: number): boolean {
    const w = Math.max(1, Math.round(size.w * dpr));
    const h = Math.max(1, Math.round(size.h * dpr));
    this.dpr = dpr;
    if (this.canvas.width === w && this.canvas.height === h) return false;
    this.canvas.width = w;
    this.canvas.height = h;
    return true;
  }

  /** Empties the layer and gives its context in CSS pixels. */
  begin(): CanvasRenderingContext2D {
    const { g } = this;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, this.canvas.width, this.canvas.height);
    g.setTransform(this.dpr, 0, 0, this.dpr, 0, 0);
    return g;
  }
}

/** Calls back with the element's size in CSS pixels, at once and after every change of it or of the screen's density. */
export function watchSize(el: HTMLElement, changed: (size: Extent, dpr: number) => void): () => void {
  const stop = new AbortController();
  const tell = (): void => changed({ w: el.clientWidth, h: el.clientHeight }, window.devicePixelRatio || 1);
  const watchDensity = (): void => {
    const query = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    const next = (): void => {
      watchDensity();
      tell();
    };
    query.addEventListener("change", next, { once: true, signal: stop.signal });
  };
  const sizes = new ResizeObserver(tell);
  sizes.observe(el);
  watchDensity();
  tell();
  return () => {
    sizes.disconnect();
    stop.abort();
  };
}
