// What waits: filtered, ordered, and who has what on screen. A tap opens the item.

import type { Order } from "../wire/api";
import { productOf, serialOf } from "../model/naming";
import type { QueueRow } from "../model/queue";
import type { Kind } from "../model/types";
import { useApp, useSpeech } from "./context";
import { Header } from "./Header";
import { Icon, type IconName, Mark } from "./parts/Icon";
import { Panel } from "./parts/Panel";
import { Segments } from "./parts/Segments";

const kindIcon: Record<Kind, IconName> = { image: "camera", window: "sensor", joint: "link" };

const Pick = ({ name, value, options, onPick }: { name: string; value: string; options: readonly string[]; onPick(v: string): void }) => {
  const { words } = useSpeech();
  return (
    <label class="pick"><span>{name}</span>
      <select value={value} onChange={(e) => onPick(e.currentTarget.value)}>
        <option value="">{words.queuelist.any}</option>
        {[...new Set(value ? [...options, value] : options)].map((o) => <option key={o} value={o}>{o}</option>)}
      </select>
    </label>
  );
};

const Filters = () => {
  const app = useApp();
  const { words } = useSpeech();
  const n = words.nav;
  const { kind, order, asset, camera } = app.queue.choice.value;
  const kinds: { value: Kind | ""; text: string }[] = [{ value: "", text: n.all }, { value: "image", text: n.images }, { value: "window", text: n.windows }, { value: "joint", text: n.joints }];
  const orders: { value: Order; text: string }[] = [{ value: "oldest", text: n.oldest }, { value: "newest", text: n.newest }, { value: "suspect", text: words.queuelist.suspect }];
  return (
    <div class="filters queuefilters">
      <Segments label={n.order} value={order} options={orders} onPick={(o) => void app.chooseQueue({ order: o })} />
      <Segments label={n.show} value={kind} options={kinds} onPick={(k) => void app.chooseQueue({ kind: k })} />
      <div class="picks">
        <Pick name={words.asset} value={asset} options={app.queue.assets.value} onPick={(v) => void app.chooseQueue({ asset: v })} />
        <Pick name={words.camera} value={camera} options={app.queue.cameras.value} onPick={(v) => void app.chooseQueue({ camera: v })} />
        {app.queue.narrowed.value && <button type="button" class="btn" onClick={() => void app.chooseQueue({ kind: "", asset: "", camera: "" })}><Icon name="x" />{words.queuelist.clear}</button>}
      </div>
    </div>
  );
};

const Line = ({ entry: { row, done } }: { entry: QueueRow }) => {
  const app = useApp();
  const { words, format } = useSpeech();
  const w = words.queuelist;
  const image = row.images?.[0];
  const claim = app.claimOn(row);
  const where = [row.place.asset, ...(row.images ?? []).map((i) => i.camera)].filter(Boolean).join(" · ");
  const now = app.queue.current.value === row.id;
  return (
    <button type="button" class="hl ql" aria-current={now} onClick={() => app.openRow(row, row.labels > 0)}>
      <span class="thumb">{image ? <img src={`${app.base}/images/${image.sha256}/preview`} alt="" loading="lazy" draggable={false} /> : <Icon name={kindIcon[row.kind]} />}</span>
      <span class="kv"><b class="num cut">{serialOf(row)}</b><small class="cut">{productOf(row)}</small></span>
      <span class="kv hide-s"><b class="cut">{where}</b><small class="num">{format.dayAndTime(row.at / 1e6)}</small></span>
      <span class="kv">{done ? <b><Mark shape={done} /> {words.verdict[done]}</b> : <b class="num">{w.age(format.span(app.clock.value - row.created / 1e6))}</b>}<small class="num">{w.score} {format.number(row.score, 2)}</small></span>
      <span class={claim ? "warn row" : "dim row"}>{claim ? <><Icon name="people" /><span class="cut">{w.busy(claim.name || claim.by)}</span></> : now && !done && <><Icon name="target" />{w.here}</>}</span>
      <Icon name="right" />
    </button>
  );
};

export const QueueScreen = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const w = words.queuelist;
  const q = app.queue;
  const rows = q.rows.value;
  const unsynced = app.status.value?.queue.unsynced;
  const facts = [
    { name: w.waiting, value: format.number(q.waiting.value) + (q.atLeast.value ? "+" : ""), main: true },
    { name: w.mine, value: format.number(app.judgedHere.value.length) },
    { name: words.status.unsynced, value: unsynced === undefined ? "" : format.number(unsynced) },
  ];
  return (
    <div class="shell plain">
      <Header facts={facts}><button type="button" class="headbtn" onClick={() => app.go("judge")}><Icon name="target" /><span>{words.nav.queue}</span></button></Header>
      <main class="historypage">
        <Filters />
        <div class="hlist" aria-busy={!q.loaded.value}>
          {rows.map((r) => <Line key={r.row.id} entry={r} />)}
          {rows.length === 0 && app.queueFailed.value && <Panel icon={<Icon name="alert" />} title={w.failed}><button type="button" class="btn" onClick={() => void app.readQueue()}>{words.retry}</button></Panel>}
          {rows.length === 0 && q.loaded.value && !app.queueFailed.value && <Panel icon={<Icon name="filter" />} title={w.empty} />}
        </div>
      </main>
    </div>
  );
};
