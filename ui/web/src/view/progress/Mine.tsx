// A person's own pace and agreement. Nobody else's stands beside it.

import type { Stats } from "../../model/types";
import { useSpeech } from "../context";

const Tile = ({ name, value, sub }: { name: string; value: string; sub?: string }) => <div class="tilebox"><small>{name}</small><b class="num">{value}</b><span class="mut">{sub}</span></div>;

export const Mine = ({ mine }: { mine: Stats["mine"] }) => {
  const { words: { progress: { mine: w } }, format } = useSpeech();
  const percent = (share: number | null): string => (share === null ? w.none : `${format.number(share * 100)} %`);
  const seconds = (v: number | null): string => (v === null ? w.none : format.span(v * 1000));
  return (
    <section class="mine">
      <header><h1>{w.title}</h1><p class="mut">{w.sub}</p></header>
      <div class="tiles">
        <Tile name={w.labels} value={format.number(mine.labels)} />
        <Tile name={w.pace} value={mine.perHour === null ? w.none : format.number(mine.perHour)} sub={w.paceSub} />
        <Tile name={w.median} value={seconds(mine.seconds.p50)} sub={mine.seconds.p95 === null ? "" : w.medianSub(seconds(mine.seconds.p95))} />
        <Tile name={w.blind} value={percent(mine.blind.agreement.share)} sub={w.blindSub(mine.blind.agreement.of)} />
        <Tile name={w.kappa} value={mine.blind.kappa === null ? w.none : format.number(mine.blind.kappa, 2)} sub={w.kappaSub} />
        <Tile name={w.open} value={percent(mine.open.share)} sub={w.openSub(mine.open.of)} />
      </div>
    </section>
  );
};
