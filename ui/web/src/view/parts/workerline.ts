/** One worker and who waits for its answers, each of which carries the id of its question. The worker is started by the first question. */
export class WorkerLine<Question extends object, Answer extends { readonly id: number }> {
  private worker: Worker | undefined;
  private last = 0;
  private readonly waiting = new Map<number, (a: Answer | undefined) => void>();

  constructor(private readonly url: string) {}

  /** Buffers in give go to the worker and are empty here afterwards. Undefined: the worker is gone. */
  ask(q: Question, give: ArrayBuffer[] = []): Promise<Answer | undefined> {
    const id = ++this.last;
    const worker = (this.worker ??= this.start());
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      worker.postMessage({ ...q, id }, give);
    });
  }

  close(): void {
    this.worker?.terminate();
    this.giveUp();
  }

  private start(): Worker {
    const worker = new Worker(this.url, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      this.waiting.get(data.id)?.(data);
      this.waiting.delete(data.id);
    };
    worker.onerror = () => this.giveUp();
    return worker;
  }

  /** Whoever still waits hears that there is nothing. */
  private giveUp(): void {
    for (const tell of this.waiting.values()) tell(undefined);
    this.waiting.clear();
    this.worker = undefined;
  }
}
