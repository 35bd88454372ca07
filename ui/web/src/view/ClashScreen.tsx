// Two labels on one item, side by side; and labels that the gateway refused.

import type { ComponentChildren } from "preact";
import { classesOf } from "../model/review";
import type { Draft, Row } from "../model/types";
import { useApp, useSpeech } from "./context";
import { Header } from "./Header";
import { Marked } from "./review/Opinion";
import { Said } from "./parts/Said";

interface CardProps { head: string; draft: Draft; row?: Row | undefined /* where the page still has it */; children?: ComponentChildren }

const Card = ({ head, draft, row, children }: CardProps) => {
  const app = useApp();
  const { words, format } = useSpeech();
  const classes = format.list(app.classes.names(classesOf(draft)));
  return (
    <article class="cl">
      <small>{head}</small>
      <Said verdict={draft.verdict} />
      <p>{classes || "–"}</p>
      <p class="mut num">{format.list([draft.regions?.length ? words.clash.regions(draft.regions.length) : words.clash.noRegions, draft.decided ? format.dayAndTime(draft.decided / 1e6) : ""])}</p>
      {draft.comment && <p class="mut">{draft.comment}</p>}
      {row && <Marked row={row} label={draft} />}
      {children}
    </article>
  );
};

export const ClashScreen = () => {
  const app = useApp();
  const { words } = useSpeech();
  const w = words.clash;
  const refused = app.outbox.failed.value[0];
  const clash = app.outbox.clashes.value[0];
  const row = clash && app.queue.find(clash.item)?.row;
  const open = async (item: string): Promise<void> => app.openById(item);
  return (
    <div class="shell plain">
      <Header facts={[{ name: words.item, value: refused?.title ?? clash?.title ?? "", main: true }]} />
      <main class="clashpage">
        {refused ? (
          <>
            <h1>{w.refusedTitle(refused.title)}</h1><p class="mut">{w.refusedSub}</p>
            <div class="two"><Card head={w.mine} draft={refused.draft} /><article class="cl"><small>{words.problem.invalid}</small><p class="mono">{refused.failed}</p></article></div>
            <div class="row acts"><button type="button" class="btn big" onClick={() => void app.outbox.dismiss(refused.key)}>{w.drop}</button><button type="button" class="btn big pri" onClick={() => void open(refused.item).then(() => app.outbox.dismiss(refused.key))}>{w.open}</button></div>
          </>
        ) : clash ? (
          <>
            <h1>{w.title(clash.title)}</h1><p class="mut">{w.sub}</p>
            <div class="two"><Card head={w.mine} draft={clash.mine} row={row} /><Card head={w.theirs(clash.theirs.by.name || clash.theirs.by.id)} draft={clash.theirs} row={row} /></div>
            <div class="row acts"><button type="button" class="btn big pri" onClick={() => void app.outbox.settle(clash.item)}>{w.keep}</button><button type="button" class="btn big" onClick={() => void open(clash.item).then(() => app.outbox.settle(clash.item))}>{w.open}</button></div>
          </>
        ) : (
          <><h1>{words.save.saved}</h1><div class="row acts"><button type="button" class="btn big pri" onClick={() => app.go("judge")}>{words.nav.queue}</button></div></>
        )}
      </main>
    </div>
  );
};
