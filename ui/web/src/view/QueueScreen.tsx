// What waits: filtered, ordered, under heads, and who has what on screen. A tap opens the item.

import { type Age, type Choice, grouped, type Grouping, type QueueOrder, wholeQueue } from "../model/choice";
import { productOf, serialOf } from "../model/naming";
import type { QueueRow } from "../model/queue";
import { say } from "../model/taxonomy";
import type { Kind } from "../model/types";
import { useApp, useSpeech } from "./context";
import { Header, ToJudge } from "./Header";
import { Icon, Mark } from "./parts/Icon";
import { Panel } from "./parts/Panel";
import { Segments } from "./parts/Segments";
import { Thumb } from "./parts/Thumb";
import { Failed } from "./parts/Failed";

type Option = readonly [value: string, text: string];

const Pick = ({ of, name, value, none, options, onPick }: { of: keyof Choice; name: string; value: string; none: string; options: readonly Option[]; onPick(v: string): void }) => {
  if (options.length < 1 && !value) return null; // nothing to choose
  const all = value && !options.some(([v]) => v === value) ? [...options, [value, value] as const] : options;
  return (
    <label class={value ? "pick held" : "pick"}><span>{name}</span>
      <select data-pick={of} value={value} onChange={(e) => onPick(e.currentTarget.value)}>
        <option value="">{none}</option>
        {all.map(([v, text]) => <option key={v} value={v}>{text}</option>)}
      </select>
    </label>
  );
};

const Picks = () => {
  const app = useApp();
  const { words, lang } = useSpeech();
  const w = words.queuelist;
  const { choice, places, narrowed } = app.queue;
  const c = choice.value, p = places.value;
  const set = (change: Partial<Choice>) => void app.chooseQueue(change);
  const plain = (all: readonly string[]): Option[] => all.map((v) => [v, v]);
  const classes = (app.classes.taxonomy.value?.classes ?? []).filter((k) => !k.retired).map((k): Option => [k.id, say(k.name, lang)]);
  const names = <T extends string>(of: Record<T, string>): Option[] => Object.entries<string>(of).map(([v, text]) => [v, text]);
  return (
    <div class="picks">
      <Pick of="line" name={words.line} none={w.any} value={c.line} options={plain(p.lines)} onPick={(line) => set({ line })} />
      <Pick of="station" name={words.progress.station} none={w.any} value={c.station} options={plain(p.stations)} onPick={(station) => set({ station })} />
      <Pick of="asset" name={words.asset} none={w.any} value={c.asset} options={plain(p.assets)} onPick={(asset) => set({ asset })} />
      <Pick of="camera" name={words.camera} none={w.any} value={c.camera} options={plain(p.cameras)} onPick={(camera) => set({ camera })} />
      <Pick of="class" name={w.proposed} none={w.any} value={c.class} options={classes} onPick={(id) => set({ class: id })} />
      <Pick of="age" name={w.waits} none={w.any} value={c.age} options={names(w.ages)} onPick={(age) => set({ age: age as Age })} />
      <Pick of="group" name={w.group} none={words.none} value={c.group} options={names(w.groups)} onPick={(group) => (choice.value = { ...c, group: group as Grouping })} />
      {narrowed.value && <button type="button" class="btn" onClick={() => set({ ...wholeQueue, order: c.order, group: c.group })}><Icon name="x" />{w.clear}</button>}
    </div>
  );
};

const Filters = () => {
  const app = useApp();
  const { words } = useSpeech();
  const n = words.nav;
  const { kind, order } = app.queue.choice.value;
  const kinds: { value: Kind | ""; text: string }[] = [{ value: "", text: n.all }, { value: "image", text: n.images }, { value: "window", text: n.windows }, { value: "joint", text: n.joints }];
  const orders: { value: QueueOrder; text: string }[] = [{ value: "oldest", text: n.oldest }, { value: "newest", text: n.newest }, { value: "suspect", text: words.queuelist.suspect }, { value: "teaching", text: words.queuelist.teaching }];
  return (
    <div class="filters queuefilters">
      <Segments label={n.order} value={order} options={orders} onPick={(o) => void app.chooseQueue({ order: o })} />
      <Segments label={n.show} value={kind} options={kinds} onPick={(k) => void app.chooseQueue({ kind: k })} />
      <Picks />
    </div>
  );
};

const Line = ({ entry: { row, done } }: { entry: QueueRow }) => {
  const app = useApp();
  const { words, format } = useSpeech();
  const w = words.queuelist;
  const claim = app.claims.on(row);
  const where = format.list([row.place.asset, ...(row.images ?? []).map((i) => i.camera)]);
  const flagged = row.candidates?.[0]?.detector;
  const now = app.queue.current.value === row.id;
  return (
    <button type="button" class="hl ql" aria-current={now} onClick={() => app.openRow(row, row.labels > 0)}>
      <Thumb row={row} />
      <span class="kv"><b class="num cut" title={serialOf(row)}>{serialOf(row)}</b><small class="cut">{row.kind === "window" && flagged ? words.detector[flagged] ?? flagged : productOf(row)}</small></span>
      <span class="kv hide-s"><b class="cut" title={where}>{where}</b><small class="num">{format.dayAndTime(row.at / 1e6)}</small></span>
      <span class="kv">{done ? <b><Mark shape={done} /> {words.verdict[done]}</b> : <b class="num">{w.age(format.span(app.clock.value - row.created / 1e6))}</b>}<small class="num">{w.score} {format.number(row.score, 2)}</small></span>
      <span class={claim ? "warn row" : "dim row"}>{claim ? <><Icon name="people" /><span class="cut">{w.busy(claim.name || claim.by)}</span></> : now && !done && <><Icon name="target" /><span class="cut">{w.here}</span></>}</span>
      <Icon name="right" />
    </button>
  );
};

const Groups = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const { group } = app.queue.choice.value;
  const kinds: Record<string, string> = { image: words.nav.images, window: words.nav.windows, joint: words.nav.joints };
  const nameOf = (head: string): string => (group === "kind" ? kinds[head] : group === "class" ? app.classes.of(head)?.name : head) || words.queuelist.noGroup;
  return (
    <>
      {grouped(app.queue.rows.value, group).map(({ head, rows }) => (
        <section key={head}>
          {group && <h2 class="ghead">{nameOf(head)}<span class="num dim">{format.number(rows.filter((r) => !r.done).length)}</span></h2>}
          {rows.map((r) => <Line key={r.row.id} entry={r} />)}
        </section>
      ))}
    </>
  );
};

export const QueueScreen = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const w = words.queuelist;
  const q = app.queue;
  const none = q.rows.value.length === 0;
  const unsynced = app.status.value?.queue.unsynced;
  const facts = [
    { name: w.waiting, value: format.number(q.waiting.value) + (q.atLeast.value ? "+" : ""), main: true },
    { name: w.mine, value: format.number(app.judgedHere.value.length) },
    { name: words.status.unsynced, value: unsynced === undefined ? "" : format.number(unsynced) },
  ];
  return (
    <div class="shell plain">
      <Header facts={facts}><ToJudge /></Header>
      <main class="historypage">
        <Filters />
        <div class="hlist" aria-busy={!q.loaded.value}>
          {!none && <Groups />}
          {none && app.queueFailed.value && <Failed title={w.failed} sub={words.away.text} onRetry={() => void app.readQueue()} />}
          {none && q.loaded.value && !app.queueFailed.value && <Panel icon={<Icon name="filter" />} title={q.narrowed.value ? w.empty : words.done.title} sub={q.narrowed.value ? w.emptySub : words.done.sub} />}
        </div>
      </main>
    </div>
  );
};
