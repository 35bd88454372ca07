// Why the item is here, in one sentence above the picture: never on it.

import { say } from "../model/taxonomy";
import { useApp, useSpeech } from "./context";
import { Icon } from "./parts/Icon";
import { FindKey } from "./similar/FindKey";
import { ReviewWhy } from "./review/ReviewKeys";

export const Why = () => {
  const app = useApp();
  const { words, lang, format } = useSpeech();
  const item = app.judge.item.value;
  const held = item && app.queue.rows.value.find((r) => r.row.id === item.id)?.row;
  const claim = app.clock.value > 0 && held ? app.claims.on(held) : undefined; // looked at again every second: claims end
  if (!item) return <div class="why" />;
  if (claim) {
    return <div class="why warn" role="status"><Icon name="people" /><p>{words.claimed(claim.name || claim.by)}</p></div>;
  }
  if (app.judge.review.value) return <ReviewWhy />;
  const previous = app.judge.previous.value;
  if (previous) {
    return <div class="why"><Icon name="note" /><p>{words.why.previous(words.verdict[previous.verdict], previous.by.name || previous.by.id)}</p><FindKey item={item.id} /></div>;
  }
  const selected = app.judge.selected.value;
  const all = item.candidates ?? [];
  const candidate = all.find((c) => c.id === selected || c.regions?.some((r) => r.id === selected)) ?? [...all].sort((a, b) => b.score - a.score)[0];
  if (!candidate) {
    return <div class="why"><Icon name="eye" /><p>{item.createdBy ? words.why.manual(item.createdBy) : words.why.none}</p></div>;
  }
  const head = words.detector[candidate.detector] ?? candidate.detector;
  return (
    <div class="why mach">
      <span class="tag mach num">{head}{candidate.score < 1 ? ` ${format.number(candidate.score, 2)}` : ""}</span>
      <p title={candidate.rule}>{say(candidate.explain, lang) || candidate.rule}</p>
    </div>
  );
};
