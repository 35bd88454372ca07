/** Random numbers that are the same in every run of one seed (mulberry32). */
export class Random {
  private held: number | undefined; // the second of a pair of normal numbers

  constructor(private state: number) {}

  /** From 0 to below 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  between(lo: number, hi: number): number {
    return lo + (hi - lo) * this.next();
  }

  /** As many small ones as large ones, on a scale of ratios. */
  scale(lo: number, hi: number): number {
    return lo * (hi / lo) ** this.next();
  }

  chance(p: number): boolean {
    return this.next() < p;
  }

  sign(): number {
    return this.next() < 0.5 ? -1 : 1;
  }

  /** Normal, mean 0, standard deviation 1. */
  normal(): number {
    const kept = this.held;
    this.held = undefined;
    if (kept !== undefined) return kept;
    const r = Math.sqrt(-2 * Math.log(1 - this.next()));
    const a = 2 * Math.PI * this.next();
    this.held = r * Math.sin(a);
    return r * Math.cos(a);
  }
}
