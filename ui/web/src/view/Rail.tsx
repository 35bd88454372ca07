// The queue: what waits, what is on screen, what was judged. Rows never move under the finger.

import { useEffect, useRef } from "preact/hooks";
import type { QueueRow } from "../model/queue";
import { shortOf } from "../model/naming";
import { useApp, useSpeech } from "./context";
import { toneOf } from "./parts/Said";
import { Icon, Mark } from "./parts/Icon";
import { Thumb } from "./parts/Thumb";

const Entry = ({ entry, now }: { entry: QueueRow; now: boolean }) => {
  const app = useApp();
  const { words } = useSpeech();
  const el = useRef<HTMLButtonElement>(null);
  const { row, done } = entry;
  useEffect(() => {
    const list = el.current?.parentElement;
    if (!now || !el.current || !list) return;
    const above = (el.current.previousElementSibling as HTMLElement | null)?.offsetHeight ?? 0;
    list.scrollTop = Math.max(0, el.current.offsetTop - above);
  }, [now]);
  void app.clock.value; // a claim ends by itself
  const taken = app.claims.on(row) !== undefined;
  const proposed = (row.candidates?.length ?? 0) > 0 && !done;
  return (
    <button ref={el} type="button" class={`q${now ? " now" : ""}${done ? " done" : ""}`} aria-current={now} aria-label={`${shortOf(row)} ${words.verdict[done ?? "undefined"]}`} onClick={() => app.openRow(row)}>
      <Thumb row={row} />
      <span class="l num">
        <span class="cut">{shortOf(row)}</span>
        {done && <span class={toneOf(done)}><Mark shape={done} /></span>}
        {!done && taken && <Icon name="people" />}
        {!done && !taken && row.kind === "joint" && <Icon name="link" />}
      </span>
      {proposed && <span class="pm"><Mark shape="not_ok" /></span>}
    </button>
  );
};

export const Rail = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const current = app.queue.current.value;
  return (
    <aside class="queue" aria-label={words.queue}>
      <button type="button" class="top" aria-label={words.queuelist.title} onClick={() => app.go("queue")}><span class="dim">{app.queue.narrowed.value && <Icon name="filter" />}{words.queue}</span><b class="num">{format.number(app.queue.waiting.value)}{app.queue.atLeast.value ? "+" : ""}</b></button>
      <div class="list">
        {app.queue.rows.value.map((e) => <Entry key={e.row.id} entry={e} now={e.row.id === current} />)}
      </div>
    </aside>
  );
};
