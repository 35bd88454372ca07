// What the judging screens show beside the verdicts while somebody's label is looked at.

import { classesOf } from "../../model/review";
import { useApp, useSpeech } from "../context";
import { Icon } from "../parts/Icon";

/** One sentence above the picture: what is asked, and what the first person said where that is shown. */
export const ReviewWhy = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const w = words.review;
  const task = app.judge.review.value;
  const first = task?.first;
  const said = first ? format.list([words.verdict[first.verdict], ...app.classes.names(classesOf(first))]) : "";
  const text = task?.mode === "blind" ? w.blind : task?.mode === "settle" ? w.settle : w.open(said);
  return <div class="why" role="status"><Icon name={task?.mode === "blind" ? "eye" : "people"} /><p>{text}</p></div>;
};

/** Send back, or leave: where "next" is otherwise. */
export const ReviewTile = () => {
  const app = useApp();
  const { words } = useSpeech();
  const w = words.review;
  const { asking } = app.reviews;
  if (app.judge.review.value?.mode !== "open") {
    return <button type="button" class="tile" onClick={() => app.go("review")}><Icon name="left" /><span>{words.back} <kbd>Esc</kbd></span><small>{w.title}</small></button>;
  }
  return (
    <button type="button" class="tile" aria-pressed={asking.value} onClick={() => (asking.value = !asking.value)}>
      <Icon name={asking.value ? "x" : "leave"} /><span>{asking.value ? w.cancel : w.sendBack}</span><small>{asking.value ? "" : w.sendBackSub}</small>
    </button>
  );
};

/** Stands in for the verdicts while a label is sent back: one tap says why. */
export const Reasons = () => {
  const app = useApp();
  const { words: { review: w } } = useSpeech();
  return (
    <div class="verdicts reasons" role="group" aria-label={w.whyBack}>
      {w.reasons.map((r) => <button key={r} type="button" class="v" onClick={() => app.judge.sendBack(r)}><span class="word"><span>{r}</span></span></button>)}
    </div>
  );
};
