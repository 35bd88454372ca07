import { clamp } from "../canvas/geometry";
import { layoutOf, type Layout } from "./layout";
import { pinchedSpan, shifted, timeAt, xOf, zoomedAt, type Span } from "./time";

/** The time that is shown and where it lies on the screen. Every move stays inside the window. */
export class TimeAxis {
  private shown: Span;
  private place: Layout = layoutOf(1, 1, 0, 4, 0);
  private mm = 4;
  private over = false;

  constructor(
    readonly limits: Span,
    private readonly lanes: number,
    private readonly moved: () => void,
  ) {
    this.shown = limits;
  }

  get view(): Span {
    return this.shown;
  }

  get layout(): Layout {
    return this.place;
  }

  get millimetre(): number {
    return this.mm;
  }

  resize(width: number, height: number, mm: number): void {
    this.mm = mm;
    this.place = layoutOf(width, height, this.lanes, mm, this.place.scroll, this.over);
    this.moved();
  }

  /** All signals over one another, or each in its lane. */
  setTogether(over: boolean): void {
    if (over === this.over) return;
    this.over = over;
    this.resize(this.place.width, this.place.height, this.mm);
  }

  time(x: number): number {
    return timeAt(x, this.shown, this.place.width);
  }

  x(t: number): number {
    return xOf(t, this.shown, this.place.width);
  }

  /** ms that one CSS pixel stands for. */
  get perPixel(): number {
    return (this.shown.to - this.shown.from) / this.place.width;
  }

  zoom(x: number, factor: number): void {
    this.set(zoomedAt(this.shown, this.time(x), factor, this.limits));
  }

  zoomMiddle(factor: number): void {
    this.zoom(this.place.width / 2, factor);
  }

  pan(dx: number, dy: number): void {
    const { width, height, scroll } = this.place;
    if (dy !== 0) this.place = layoutOf(width, height, this.lanes, this.mm, scroll - dy, this.over);
    this.set(shifted(this.shown, -dx * this.perPixel, this.limits));
  }

  /** Two fingers at x were[0] and were[1] that are now at x now[0] and now[1]. */
  pinch(were: readonly [number, number], now: readonly [number, number]): void {
    const [a, b] = [this.time(were[0]), this.time(were[1])];
    this.set(pinchedSpan(this.shown, a, b, now[0], now[1], this.place.width, this.limits));
  }

  showWhole(): void {
    this.set(this.limits);
  }

  /** Brings a span into view without zooming, when it is not. */
  reveal(s: Span): void {
    const { from, to } = this.shown;
    if (s.to >= from && s.from <= to) return;
    this.set(shifted(this.shown, (s.from + s.to) / 2 - (from + to) / 2, this.limits));
  }

  clampTime(t: number): number {
    return clamp(t, this.limits.from, this.limits.to);
  }

  private set(view: Span): void {
    this.shown = view;
    this.moved();
  }
}
