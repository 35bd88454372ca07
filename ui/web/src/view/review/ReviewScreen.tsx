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

const Line = ({ row }: { row: Row }) => {
  const app = useApp();
  const { words, format } = useSpeech();
  const tone = row.verdict === "not_ok" ? "bad" : row.verdict === "not_decidable" ? "warn" : "";
  const where = format.list([row.place.asset, ...(row.images ?? []).map((i) => i.camera)]);
  return (
    <button type="button" class="hl" onClick={() => void openReview(app, row)}>
      <Thumb row={row} />
      <span class="kv"><b class="num cut">{serialOf(row)}</b><small class="cut">{productOf(row)}</small></span>
      {row.verdict === "undefined" ? <span class="mut cut">{app.reviews.state.value === "due" ? words.review.hidden : words.review.state.disputed}</span> : <span class={`vd ${tone}`}><Mark shape={row.verdict} /><b>{words.verdict[row.verdict]}</b><span class="mut cut">{(row.classes ?? []).map((c) => app.classes.of(c)?.name ?? c).join(", ")}</span></span>}
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
          {r.trouble.value && <Panel icon={<Icon name="alert" />} title={w.failed} sub={words.problem[r.trouble.value]}><button type="button" class="btn" onClick={() => void r.read()}>{words.retry}</button></Panel>}
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
