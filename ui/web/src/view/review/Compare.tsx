// Two opinions that differ, side by side and without names; a third person says which counts, or judges anew.

import type { Pair } from "../../model/review";
import { classesOf } from "../../model/review";
import { settle } from "../../model/reviewing";
import { serialOf } from "../../model/naming";
import { useApp, useSpeech } from "../context";
import { Header } from "../Header";
import { Icon, Mark } from "../parts/Icon";
import { Opinion } from "./Opinion";

export const Compare = ({ pair }: { pair: Pair }) => {
  const app = useApp();
  const { words, format } = useSpeech();
  const w = words.review;
  const { row, first, second } = pair;
  const differ = format.list([first.verdict !== second.verdict ? w.verdict : "", classesOf(first).join() !== classesOf(second).join() ? w.classes : ""]);
  const key = (which: "first" | "second") => (
    <button type="button" class="v" onClick={() => void settle(app, which)}><Mark shape={pair[which].verdict} class="shape" /><span class="word"><b>{w.take(w[which])}</b><span>{words.verdict[pair[which].verdict]}</span></span></button>
  );
  return (
    <div class="shell compare">
      <Header facts={[{ name: words.serial, value: serialOf(row), main: true }, { name: w.differ, value: differ }]}><button type="button" class="headbtn" onClick={() => (app.reviews.pair.value = null)}><Icon name="left" /><span>{w.back}</span></button></Header>
      <main class="opinions"><Opinion row={row} label={first} name={w.first} /><Opinion row={row} label={second} name={w.second} /></main>
      <footer class="bar settlebar">
        {key("first")}
        <button type="button" class="v" onClick={() => app.openRow(row, true, { of: first.rev, against: second.rev, mode: "settle" })}><Icon name="eye" /><span class="word"><b>{w.own}</b></span></button>
        {key("second")}
      </footer>
    </div>
  );
};
