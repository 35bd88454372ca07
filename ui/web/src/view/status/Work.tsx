// What people have before them: the queue, and how many candidates an asset brings against how many are wanted.

import type { Status } from "../../model/types";
import type { Budget } from "../../model/rules/desk";
import { useApp, useSpeech } from "../context";

export const QueueFigures = ({ queue }: { queue: Status["queue"] }) => {
  const app = useApp();
  const { words: { status: w }, format } = useSpeech();
  const figures = [[w.open, queue.open], [w.labeled, queue.labeled], [w.unsynced, queue.unsynced]] as const;
  return (
    <div class="sec">
      <div class="h"><h2>{w.queue}</h2>{queue.oldest > 0 && <span class="cap num">{w.oldest} {format.span(app.clock.value - queue.oldest / 1e6)}</span>}</div>
      <div class="figures">{figures.map(([name, n]) => <div key={name}><b class="num">{format.number(n)}</b><span>{name}</span></div>)}</div>
    </div>
  );
};

const tooMany = 2; // times the budget

export const Candidates = ({ budgets }: { budgets: readonly Budget[] }) => {
  const { words: { status: w }, format } = useSpeech();
  if (budgets.length === 0) return null;
  const n = format.significant, per = (b: Budget): string => format.span(b.per * 1000);
  return (
    <div class="sec">
      <div class="h"><h2>{w.candidates}</h2></div>
      <table class="tight">
        <thead><tr><th>{w.asset}</th><th class="r">{w.wanted}</th><th class="r">{w.promised}</th><th class="r">{w.observed}</th></tr></thead>
        <tbody>
          {budgets.map((b) => (
            <tr key={b.asset}><td class="m">{b.asset}</td><td class="r num">{w.per(n(b.candidates), per(b))}</td><td class="r num">{b.promised === null ? "–" : n(b.promised)}</td><td class={`r num${b.observed > tooMany * b.candidates ? " warn b" : ""}`}>{n(b.observed)}</td></tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};
