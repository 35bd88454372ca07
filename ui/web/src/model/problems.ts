// What is wrong, since when and what to do: the first thing that plant IT reads.

import type { SourceStatus, Status, TargetStatus } from "./types";
import type { Speech } from "./words/words";

export interface Problem {
  id: string;
  grave: boolean; // data or labels do not move; otherwise it needs care
  what: string;
  since: number; // UTC ns, 0 when unknown
  detail: string; // in the words of the part that failed; may be empty
  todo: string;
}

const lowDisk = 0.05; // share of the disk that is free
const clockSlack = 2e9; // ns that a source's clock may be off before pictures and signals stand beside each other wrongly
const delivery = 60e9; // ns that a camera may take to deliver a picture, which looks as if its clock were behind

/** Whether a source's clock, so many ns ahead of the gateway's, is one to look at. */
export const clockIsOff = (kind: string, ahead: number): boolean => ahead > clockSlack || ahead < -(kind === "camera" ? delivery : clockSlack);

const ofSource = (s: SourceStatus, { words, format }: Speech, now: number): Problem[] => {
  const say = words.status.fault;
  const out: Problem[] = [];
  if (s.state === "waiting" || s.state === "stopped" || (s.state === "connecting" && s.error)) {
    const retry = s.retry && s.retry > now ? say.retry(format.span((s.retry - now) / 1e6)) : "";
    out.push({ id: `source/${s.name}`, grave: true, what: say.sourceDown(s.name), since: s.since, detail: s.error ?? "", todo: (say.sourceDownTodo[s.kind] ?? "") + retry });
  }
  const off = s.clockOffset ?? 0;
  if (clockIsOff(s.kind, off)) out.push({ id: `source/${s.name}/clock`, grave: false, what: say.clock(s.name, format.span(Math.abs(off) / 1e6), off > 0), since: 0, detail: "", todo: say.clockTodo });
  for (const [what, text] of Object.entries(s.problems ?? {})) {
    out.push({ id: `source/${s.name}/${what}`, grave: false, what: say.sourceProblem(s.name), since: 0, detail: `${what}: ${text}`, todo: say.sourceProblemTodo });
  }
  return out;
};

const ofTarget = (t: TargetStatus, { words: { status: { fault: say } } }: Speech): Problem[] => {
  if (t.state !== "waiting" || !t.error) return [];
  const said = t.kind === "control" ? { what: say.centreDown, todo: say.centreDownTodo } : { what: say.targetDown(t.name), todo: say.targetDownTodo };
  return [{ id: `target/${t.name}`, grave: false, since: t.since, detail: t.error, ...said }];
};

/** Everything that needs a person, the grave first. */
export const problemsOf = (status: Status, speech: Speech): Problem[] => {
  const out = [...(status.sources ?? []).flatMap((s) => ofSource(s, speech, status.now)), ...(status.targets ?? []).flatMap((t) => ofTarget(t, speech))];
  const { used, free, full } = status.disk;
  const { words, format } = speech;
  if (full) out.push({ id: "disk", grave: true, what: words.status.fault.diskFull, since: 0, detail: "", todo: words.status.fault.diskFullTodo });
  else if (used + free > 0 && free / (used + free) < lowDisk) {
    const say = words.status.fault;
    out.push({ id: "disk", grave: false, what: say.diskLow(format.bytes(free)), since: 0, detail: "", todo: say.diskLowTodo });
  }
  return out.sort((a, b) => Number(b.grave) - Number(a.grave));
};
