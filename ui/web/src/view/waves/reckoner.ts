import type { Answer, Question } from "../../model/waves/questions";
import { WorkerLine } from "../parts/workerline";

/** The worker that reckons with signals. */
export class Reckoner {
  private readonly line = new WorkerLine<{ q: Question }, Answer>(WAVES_WORKER);

  /** Undefined: the worker is gone. */
  ask(q: Question): Promise<Answer | undefined> {
    return this.line.ask({ q });
  }

  close(): void {
    this.line.close();
  }
}
