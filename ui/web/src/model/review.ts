// A second person's look at a label: what is asked of them, and what their answer is called. Nobody reviews their own label; the gateway
// refuses it.

import type { Draft, Input, Label, Review, Row } from "./types";

/** open: beside the first label; blind: without it; settle: between two; back: the first person is to look again. */
export interface Task { of: number; against?: number; mode: "open" | "blind" | "settle" | "back"; first?: Draft }

/** Two opinions that differ. */
export interface Pair { row: Row; first: Label; second: Label }

export const classesOf = (d: Pick<Draft, "classes" | "regions">): string[] =>
  [...new Set([...(d.classes ?? []), ...(d.regions ?? []).flatMap((r) => (r.class ? [r.class] : []))])].sort();

const same = (a: Draft, b: Draft): boolean => a.verdict === b.verdict && classesOf(a).join() === classesOf(b).join();

/** What the draft makes of the label that was looked at. */
export const reviewOf = (task: Task, draft: Draft): Review => {
  if (task.mode === "settle") return { of: task.of, against: task.against ?? 0, result: "adjudicate" };
  if (task.mode === "blind") return { of: task.of, result: "second" };
  if (task.mode === "back") return { of: task.of, result: "send_back" };
  const untouched = JSON.stringify(draft.regions ?? []) === JSON.stringify(task.first?.regions ?? []);
  return { of: task.of, result: task.first && same(task.first, draft) && untouched ? "agree" : "correct" };
};

/** The label that takes one of two opinions as it stands. */
export const settled = (pair: Pair, which: "first" | "second", here: { input: Input; terminal: string; decided: number; taxonomy: number }): Draft => {
  const { verdict, classes, regions, fault, confidence } = pair[which];
  const draft: Draft = { ...here, verdict, origin: "person", parent: pair.row.labels, review: { of: pair.first.rev, against: pair.second.rev, result: "adjudicate" } };
  if (classes) draft.classes = classes;
  if (regions) draft.regions = regions;
  if (fault) draft.fault = fault;
  if (confidence) draft.confidence = confidence;
  return draft;
};
