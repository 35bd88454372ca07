// What was judged, newest first; any of it can be judged again, which adds a revision and changes nothing that was said before.

import { say } from "../model/taxonomy";
import { productOf, serialOf } from "../model/naming";
import type { Kind, Row, Verdict } from "../model/types";
import { useApp, useSpeech } from "./context";
import { Header, ToJudge } from "./Header";
import { Icon } from "./parts/Icon";
import { Panel } from "./parts/Panel";
import { Segments } from "./parts/Segments";
import { Thumb } from "./parts/Thumb";
import { Failed } from "./parts/Failed";
import { Said } from "./parts/Said";

const Filters = () => {
  const app = useApp();
  const { words, lang } = useSpeech();
  const w = words.history;
  const f = app.history.filter.value;
  const verdicts: { value: Verdict | ""; text: string }[] = [{ value: "", text: w.any }, { value: "ok", text: words.verdict.ok }, { value: "not_ok", text: words.verdict.not_ok }, { value: "not_decidable", text: words.verdict.not_decidable }];
  const kinds: { value: Kind | ""; text: string }[] = [{ value: "", text: words.nav.all }, { value: "image", text: words.nav.images }, { value: "window", text: words.nav.windows }, { value: "joint", text: words.nav.joints }];
  return (
    <div class="filters">
      <Segments label={w.verdict} value={f.verdict} options={verdicts} onPick={(verdict) => void app.history.choose({ verdict })} />
      <Segments label={w.kind} value={f.kind} options={kinds} onPick={(kind) => void app.history.choose({ kind })} />
      <label class="pick"><span>{w.class}</span>
        <select value={f.class} onChange={(e) => void app.history.choose({ class: e.currentTarget.value })}>
          <option value="">{w.any}</option>
          {(app.classes.taxonomy.value?.classes ?? []).map((c) => <option key={c.id} value={c.id}>{say(c.name, lang)}</option>)}
        </select>
      </label>
    </div>
  );
};

const Line = ({ row }: { row: Row }) => {
  const app = useApp();
  const { words, format } = useSpeech();
  const names = format.list(app.classes.names(row.classes));
  return (
    <button type="button" class="hl" onClick={() => app.openRow(row, true)}>
      <Thumb row={row} />
      <span class="kv"><b class="num cut">{serialOf(row)}</b><small class="cut">{productOf(row)}</small></span>
      <Said verdict={row.verdict}><span class="mut cut">{names}</span></Said>
      <span class="kv hide-s"><b class="num">{row.decided ? format.dayAndTime(row.decided / 1e6) : ""}</b><small class="cut">{row.by}</small></span>
      <span class="kv st"><b class="num">{words.history.revisions(row.labels)}</b><small>{row.synced ? words.history.synced : words.history.unsynced}</small></span>
      <Icon name="right" />
    </button>
  );
};

export const HistoryScreen = () => {
  const app = useApp();
  const { words } = useSpeech();
  const w = words.history;
  const h = app.history;
  const rows = h.rows.value;
  const { verdict, kind, class: of } = h.filter.value;
  const filtered = Boolean(verdict || kind || of);
  return (
    <div class="shell plain">
      <Header facts={[{ name: words.brand, value: w.title, main: true }]}><ToJudge /></Header>
      <main class="historypage">
        <Filters />
        <div class="hlist" aria-busy={h.loading.value}>
          {rows.map((r) => <Line key={r.id} row={r} />)}
          {h.trouble.value && <Failed title={w.failed} sub={words.problem[h.trouble.value]} onRetry={() => void h.restart()} />}
          {!h.trouble.value && !h.loading.value && rows.length === 0 && <Panel icon={<Icon name="book" />} title={filtered ? w.empty : w.none} sub={filtered ? w.emptySub : w.noneSub} />}
          {h.more.value && <button type="button" class="btn big more" onClick={() => void h.next()}>{w.more}</button>}
        </div>
      </main>
    </div>
  );
};
