import type { Answer, Question } from "../../model/waves/questions";

/** One worker that reckons with signals, and who waits for its answers. The worker is started by the first question. */
export class Reckoner {
  private worker: Worker | undefined;
  private last = 0;
  private readonly waiting = new Map<number, (a: Answer | undefined) => void>();

  /** Undefined: the worker is gone. */
  ask(q: Question): Promise<Answer | undefined> {
    const id = ++this.last;
    const worker = (this.worker ??= this.start());
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      worker.postMessage({ id, q });
    });
  }

  close(): void {
    this.worker?.terminate();
    this.giveUp();
  }

  private start(): Worker {
    const worker = new Worker(WAVES_WORKER, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      this.waiting.get(data.id)?.(data);
      this.waiting.delete(data.id);
    };
    worker.onerror = () => this.giveUp();
    return worker;
  }

  private giveUp(): void {
    for (const tell of this.waiting.values()) tell(undefined);
    this.waiting.clear();
    this.worker = undefined;
  }
}
