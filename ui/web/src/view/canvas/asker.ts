import type { Answer, Question } from "../../model/assist/questions";
import { WorkerLine } from "../parts/workerline";

type Ask = Question extends infer Q ? (Q extends Question ? Omit<Q, "id"> : never) : never;

/** The worker that looks at pictures. */
export class Asker {
  private readonly line = new WorkerLine<Ask, Answer>(ASSIST_WORKER);

  /** Buffers in give go to the worker and are empty here afterwards. Undefined: there is nothing to say, or the worker is gone. */
  async ask(q: Ask, give: ArrayBuffer[] = []): Promise<Uint8Array | undefined> {
    return (await this.line.ask(q, give))?.bytes;
  }

  close(): void {
    this.line.close();
  }
}
