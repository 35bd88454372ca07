/** Waiting times of a retry: doubles from `first` to `most` ms, with up to a quarter of jitter so that many pages do not knock together. */
export class Backoff {
  private tries = 0;
  constructor(private readonly first: number, private readonly most: number, private readonly random: () => number = Math.random) {}

  next(): number {
    const wait = Math.min(this.first * 2 ** this.tries, this.most);
    this.tries = Math.min(this.tries + 1, 30);
    return wait * (1 - this.random() / 4);
  }

  reset(): void {
    this.tries = 0;
  }
}
