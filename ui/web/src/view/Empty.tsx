// Nothing to judge: because all is judged, because the list is on its way, or because it did not come.

import { useApp, useSpeech } from "./context";
import { Icon, Mark } from "./parts/Icon";
import { Panel } from "./parts/Panel";
import { Failed } from "./parts/Failed";

export const Empty = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  if (!app.queue.loaded.value && app.queueFailed.value) {
    return (
      <main class="blank">
        <Failed title={words.done.failed} sub={words.away.text} onRetry={() => void app.readQueue()} />
      </main>
    );
  }
  if (!app.queue.loaded.value) return <main class="blank"><i class="progress" role="progressbar" aria-label={words.done.loading} /></main>;
  const n = app.judgedHere.value.length;
  return (
    <main class="blank">
      <Panel icon={<Mark shape="ok" class="shape" />} title={words.done.title} sub={n > 0 ? format.list([words.done.count(n), words.done.sub]) : words.done.sub}>
        <button type="button" class="btn" onClick={() => app.go("history")}><Icon name="book" />{words.done.history}</button>
      </Panel>
    </main>
  );
};
