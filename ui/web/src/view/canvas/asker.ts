import type { Answer, Question } from "../../model/assist/questions";

type Ask = Question extends infer Q ? (Q extends Question ? Omit<Q, "id"> : never) : never;

/** One worker and who waits for its answers. The worker is started by the first question. */
export class Asker {
  private worker: Worker | undefined;
  private last = 0;
  private readonly waiting = new Map<number, (bytes: Uint8Array | undefined) => void>();

  /** Buffers in give go to the worker and are empty here afterwards. Undefined: there is nothing to say, or the worker is gone. */
  ask(q: Ask, give: ArrayBuffer[] = []): Promise<Uint8Array | undefined> {
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
    const worker = new Worker(ASSIST_WORKER, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      this.waiting.get(data.id)?.(data.bytes);
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
