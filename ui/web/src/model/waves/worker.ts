// The worker that reckons with signals, so that the page never waits for it. Loaded when it is asked for the first time.

import { answer, type Question } from "./questions";

addEventListener("message", (e: MessageEvent<{ id: number; q: Question }>) => postMessage(answer(e.data.id, e.data.q)));
