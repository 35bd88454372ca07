// The worker that looks at pixels, so that the page never waits for it. Loaded when a tool asks for the first time.

import { answer, type Question } from "./questions";

addEventListener("message", (e: MessageEvent<Question>) => {
  const a = answer(e.data);
  postMessage(a, a.bytes ? [a.bytes.buffer as ArrayBuffer] : []);
});
