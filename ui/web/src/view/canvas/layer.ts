import type { Area, Extent, Point } from "../../model/canvas/geometry";

/** One canvas that fills its stage at the resolution of the screen; its context counts CSS pixels. */
export class Layer {
  readonly g: CanvasRenderingContext2D;
  private dpr = 1;
  private sizes = 0;

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

  /** How often the canvas got another size, which empties it. */
  get generation(): number {
    return this.sizes;
  }

  /** Sizes the canvas and reports whether it changed (which clears it). */
  resize(size: Extent, dpr: number): boolean {
    const w = Math.max(1, Math.round(size.w * dpr));
    const h = Math.max(1, Math.round(size.h * dpr));
    this.dpr = dpr;
    if (this.canvas.width === w && this.canvas.height === h) return false;
    this.canvas.width = w;
    this.canvas.height = h;
    this.sizes++;
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

  /** Moves what the layer holds by whole device pixels, given in CSS pixels; what comes into view is empty. */
  shift({ x, y }: Point): void {
    if (x === 0 && y === 0) return;
    const { g } = this;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.globalCompositeOperation = "copy";
    g.drawImage(this.canvas, Math.round(x * this.dpr), Math.round(y * this.dpr));
    g.globalCompositeOperation = "source-over";
  }

  /** Empties an area, in CSS pixels, and lets it be drawn anew; nothing is drawn outside of it. */
  within(area: Area, draw: (g: CanvasRenderingContext2D) => void): void {
    const { g, dpr } = this;
    const x = Math.floor(area.x * dpr);
    const y = Math.floor(area.y * dpr);
    g.save();
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.beginPath();
    g.rect(x, y, Math.ceil((area.x + area.w) * dpr) - x, Math.ceil((area.y + area.h) * dpr) - y);
    g.clip();
    g.clearRect(0, 0, this.canvas.width, this.canvas.height);
    g.setTransform(dpr, 0, 0, dpr, 0, 0);
    draw(g);
    g.restore();
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
