// What waits for a second person: labels of others, and opinions that differ.

import { productOf, serialOf } from "../../model/naming";
import { openReview } from "../../model/reviewing";
import type { Row } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { Header, ToJudge } from "../Header";
import { Icon, Mark } from "../parts/Icon";
import { Panel } from "../parts/Panel";
import { Segments } from "../parts/Segments";
import { Thumb } from "../parts/Thumb";
import { Compare } from "./Compare";
import { Failed } from "../parts/Failed";
import { Said } from "../parts/Said";

const Line = ({ row }: { row: Row }) => {
  const app = useApp();
  const { words, format } = useSpeech();
  const where = format.list([row.place.asset, ...(row.images ?? []).map((i) => i.camera)]);
  return (
    <button type="button" class="hl" onClick={() => void openReview(app, row)}>
      <Thumb row={row} />
      <span class="kv"><b class="num cut">{serialOf(row)}</b><small class="cut">{productOf(row)}</small></span>
      {row.verdict === "undefined" ? <span class="mut cut">{app.reviews.state.value === "due" ? words.review.hidden : words.review.state.disputed}</span> : <Said verdict={row.verdict}><span class="mut cut">{format.list(app.classes.names(row.classes))}</span></Said>}
      <span class="kv hide-s"><b class="cut">{where}</b></span>
      <span class="kv st"><b class="num">{row.decided ? format.dayAndTime(row.decided / 1e6) : ""}</b></span>
      <Icon name="right" />
    </button>
  );
};

const List = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const w = words.review;
  const r = app.reviews;
  const { due, disputed } = r.counts.value;
  return (
    <div class="shell plain">
      <Header facts={[{ name: words.brand, value: w.title, main: true }, { name: "", value: r.blind.value ? w.hidden : "" }]}><ToJudge /></Header>
      <main class="historypage">
        <div class="filters"><Segments label={w.title} value={r.state.value} options={[{ value: "due", text: w.due(due) }, { value: "disputed", text: w.disputed(disputed) }]} onPick={(s) => void r.choose(s)} /></div>
        <div class="hlist" aria-busy={r.loading.value}>
          {r.rows.value.map((row) => <Line key={row.id} row={row} />)}
          {r.more.value && <p class="cap pad">{w.more} {format.number(r.rows.value.length)}</p>}
          {r.trouble.value && <Failed title={w.failed} sub={words.problem[r.trouble.value]} onRetry={() => void r.read()} />}
          {!r.trouble.value && !r.loading.value && r.rows.value.length === 0 && <Panel icon={<Mark shape="ok" class="shape" />} title={w.empty} sub={w.emptySub} />}
        </div>
      </main>
    </div>
  );
};

export const ReviewScreen = () => {
  const pair = useApp().reviews.pair.value;
  return pair ? <Compare pair={pair} /> : <List />;
};
