// What is wrong, where, and what to do; then sources, queue, disk and upload.

import { problemsOf, type Problem } from "../../model/problems";
import { useApp, useSpeech } from "../context";
import { Header } from "../Header";
import { Mark } from "../parts/Icon";
import { Disk } from "./Disk";
import { Sources } from "./Sources";
import { Upload } from "./Upload";
import { Candidates, QueueFigures } from "./Work";
import { Failed } from "../parts/Failed";

const most = 3;

const ProblemRow = ({ p }: { p: Problem }) => {
  const app = useApp();
  const { words, format } = useSpeech();
  const ago = p.since ? words.status.since(format.minute(p.since / 1e6), format.span(app.clock.value - p.since / 1e6)) : "";
  return (
    <div class={p.grave ? "td crit" : "td"} role={p.grave ? "alert" : "status"}>
      <span class={p.grave ? "bad" : "warn"}><Mark shape={p.grave ? "not_ok" : "not_decidable"} /></span>
      <div><b>{p.what}</b><small class="num">{ago}</small></div>
      <p><b>{p.todo}</b>{p.detail && <small class="mono">{p.detail}</small>}</p>
    </div>
  );
};

const Problems = ({ problems }: { problems: Problem[] }) => {
  const { words } = useSpeech();
  if (problems.length === 0) {
    return <section class="todo"><div class="td well"><span><Mark shape="ok" /></span><div><b>{words.status.allWell}</b></div><p>{words.status.allWellSub}</p></div></section>;
  }
  return (
    <section class="todo">
      {problems.slice(0, most).map((p) => <ProblemRow key={p.id} p={p} />)}
      {problems.length > most && <details class="rest"><summary>{words.status.furtherProblems(problems.length - most)}</summary>{problems.slice(most).map((p) => <ProblemRow key={p.id} p={p} />)}</details>}
    </section>
  );
};

export const StatusScreen = () => {
  const app = useApp();
  const speech = useSpeech();
  const { words } = speech;
  const status = app.status.value;
  const away = app.link.value === "away";
  const gone: Problem = { id: "away", grave: true, what: words.status.fault.away, since: 0, detail: "", todo: words.status.fault.awayTodo };
  const facts = status ? [{ name: words.status.gateway, value: status.gateway.id, main: true }, { name: words.line, value: [status.gateway.site, status.gateway.line].filter(Boolean).join(" / ") }, { name: words.status.version, value: status.gateway.version, wide: true }] : [];
  return (
    <div class="shell plain status">
      <Header facts={facts}>{status?.gateway.simulated && <div class="sim"><span class="tag">{words.simulated}</span></div>}</Header>
      {status ? (
        <main class="statuspage">
          <Problems problems={[...(away ? [gone] : []), ...problemsOf(status, speech)]} />
          <section class="colx"><Sources sources={status.sources ?? []} now={status.now} /><Candidates budgets={app.ruleDesk.budgets.value} /></section>
          <section class="colx"><QueueFigures queue={status.queue} /><Upload targets={status.targets ?? []} /><Disk disk={status.disk} /></section>
        </main>
      ) : (
        <main class="blank">{away ? <Failed title={words.status.failed} sub={words.status.fault.awayTodo} /> : <i class="progress" />}</main>
      )}
    </div>
  );
};
