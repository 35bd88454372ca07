// The whole page without a screen: parts, and how they hang together.
//
//   hints ─▶ queue ─▶ judge ─▶ outbox ─▶ gateway ─▶ hints
//
// Everything re-reads over HTTP; a hint only says when.

import { batch, effect, signal, type Signal } from "@preact/signals-core";
import { coalesce } from "../lib/debounce";
import type { Api } from "../wire/api";
import { wireError } from "../wire/errors";
import type { Hint } from "../wire/hints";
import { Claims } from "./claims";
import { History } from "./history";
import { LastSeen } from "./lastseen";
import { type Decision, Judge } from "./judge";
import { run } from "./commands";
import type { AppDeps, Screen } from "./deps";
import { KeyReader } from "./keys";
import { shortOf } from "./naming";
import { Health } from "./health";
import { goldenAt } from "./tone/golden";
import { Look } from "./tone/look";
import { ScaleDesk } from "./tone/scale";
import { Limits } from "./limits";
import { Lock } from "./lock";
import { Outbox } from "./outbox";
import { onImage } from "./proposals";
import { Prefetch } from "./prefetch";
import type { Prefs } from "./prefs";
import { Progress } from "./progress";
import type { Choice } from "./choice";
import { Queue } from "./queue";
import { type FaultPad, judgePad } from "./faultpad";
import { Timeline } from "./timeline/timeline";
import type { Task } from "./review";
import { reviewed } from "./reviewing";
import { SimilarDesk } from "./similar/desk";
import { recall, remember } from "./restart";
import { Reviews } from "./reviews";
import { RuleDesk } from "./rules/desk";
import { saveState } from "./save";
import { Session } from "./session";
import { Sparks } from "./sparks";
import { ClassEdit } from "./classedit";
import { ClassLog } from "./classlog";
import { Classes } from "./taxonomy";
import type { ClassView } from "./stage";
import type { Row, Status } from "./types";
import { speechIn } from "./words/words";

const prefetchAhead = 5;
const claimEvery = 25_000; // ms; a claim lasts 60 s
const pollEvery = 15_000; // ms; what the page reads when no hints come

export type { Screen } from "./deps";

export class App {
  readonly session: Session;
  readonly limits: Limits;
  readonly lock: Lock;
  readonly classes: Classes;
  readonly queue: Queue;
  readonly claims: Claims;
  readonly judge: Judge;
  readonly outbox: Outbox;
  readonly judgePad: FaultPad;
  readonly look: Look;
  readonly scale: ScaleDesk;
  readonly timeline: Timeline;
  readonly classEdit: ClassEdit;
  readonly classLog: ClassLog;
  readonly history: History;
  readonly reviews: Reviews;
  readonly progress: Progress;
  readonly ruleDesk: RuleDesk;
  readonly similar: SimilarDesk;
  readonly prefetch: Prefetch;
  readonly stretches: Pick<Api, "items" | "series">; // of signals, to compare with
  readonly sparks: Sparks;
  readonly keys: KeyReader;
  readonly prefs: Prefs;
  readonly speech;
  readonly save;
  readonly screen: Signal<Screen> = signal("judge");
  readonly menu = signal(false);
  readonly link = signal<"up" | "away">("up");
  readonly health: Health;
  readonly status: Signal<Status | null>;
  readonly queueFailed = signal(false);
  readonly clock: Signal<number>; // ms, ticks every second
  readonly judgedHere = signal<{ at: number }[]>([]); // verdicts of this visit
  readonly page = signal(0); // page of the class chips

  private readonly refreshQueue = coalesce(() => void this.readQueue(), 250);
  private readonly refreshStatus = coalesce(() => void this.health.read(), 1000);
  private readonly seen: LastSeen;
  private readonly keepSeen = coalesce(() => remember(this, this.seen), 1500);
  private lineUp = false;
  private lastPerson = "";

  constructor(private readonly deps: AppDeps) {
    const { api, store, prefs } = deps;
    const refused = (err: unknown): void => this.refused(err);
    this.prefs = prefs;
    this.clock = signal(deps.now());
    this.speech = speechIn(prefs.lang);
    this.seen = new LastSeen(store);
    this.session = new Session(api, async () => (await this.seen.get())?.person);
    this.lock = new Lock(api, this.session, prefs, deps.now);
    this.classes = new Classes(prefs.lang);
    this.health = new Health(api, refused);
    this.status = this.health.status;
    this.queue = new Queue(api, this.status, deps.now);
    this.claims = new Claims(api, this.session, this.queue, deps.now);
    this.history = new History(api);
    this.reviews = new Reviews(api, () => this.session.person?.id);
    this.progress = new Progress(api, deps.now);
    this.ruleDesk = new RuleDesk({ wire: api.rules, now: deps.now, later: deps.later, refused });
    this.similar = new SimilarDesk({ items: api, places: api.similar, refused });
    this.stretches = api;
    this.limits = new Limits(api, refused);
    this.prefetch = new Prefetch(api, this.seen);
    this.sparks = new Sparks((q) => api.series(q));
    this.outbox = this.newOutbox();
    this.judge = this.newJudge();
    this.scale = new ScaleDesk({ cameras: () => api.cameras(), calibrate: (camera, scale) => api.calibrate(camera, scale), board: (sha256, square) => api.checkerboard(sha256, square), refused });
    this.look = new Look(goldenAt(api, deps.later, refused));
    this.judgePad = judgePad(this.judge, () => this.chips());
    this.timeline = new Timeline({
      api, store, prefs, now: deps.now, outbox: this.outbox, session: this.session, classes: this.classes, speech: this.speech, input: this.judge.input, refused,
    });
    this.classEdit = new ClassEdit({
      packs: () => api.packs(), put: (t) => api.putTaxonomy(t), read: () => api.taxonomy(), saved: (t) => (this.classes.taxonomy.value = t), refused,
    });
    this.classLog = new ClassLog((revision) => api.taxonomy(revision));
    this.save = saveState(this.outbox, this.status);
    this.keys = new KeyReader((c) => run(this, c), deps.later, () => this.chips().map((c) => c.key), () => this.classes.keys.peek());
  }

  /** Starts everything and returns; the page lives as long as its tab. */
  start(token: string | undefined): void {
    const hints = this.deps.hints((h) => this.hint(h), (up) => (this.lineUp = up));
    void this.outbox.open().catch(() => (this.outbox.stored.value = false));
    effect(() => {
      const gate = this.session.gate.value;
      if (gate.at === "out" && gate.why !== "none") void this.seen.clear();
      if (gate.at !== "in") return hints.stop();
      this.welcome(gate.person.id);
      hints.start();
      void this.enter();
    });
    void this.session.begin(token);
    this.every(1000, () => {
      this.clock.value = this.deps.now();
      this.lock.tick();
    });
    this.every(claimEvery, () => void this.claims.hold(this.judge.item.peek()));
    this.every(pollEvery, () => this.poll());
  }

  setLink(up: boolean): void {
    const was = this.link.peek();
    this.link.value = up ? "up" : "away";
    if (up) void this.session.prove();
    if (up && was === "away") {
      this.refreshQueue();
      this.refreshStatus();
      this.outbox.flush();
    }
  }

  /** The class chips for what is on screen; on a joint item those of the finding that is selected, else the picture's. */
  chips(): ClassView[] {
    const { item, selected, regions, proposals } = this.judge;
    if (!item.value) return [];
    const focus = [...regions.value, ...proposals.value].find((r) => r.id === selected.value);
    return this.classes.offered(item.value.kind === "joint" ? !focus || onImage(focus) : item.value.kind === "image");
  }

  go(screen: Screen): void {
    batch(() => {
      this.menu.value = false;
      this.screen.value = screen;
    });
    if (screen === "timeline") void this.timeline.open();
    if (screen === "history") void this.history.restart();
    if (screen === "review") void this.reviews.read();
    if (screen === "progress") void this.progress.read();
    if (screen === "rules") void this.ruleDesk.read();
    if (screen === "status") void Promise.all([this.health.read(), this.health.readDrill(), this.ruleDesk.read()]);
    if (screen === "classes") this.classEdit.begin(this.classes.taxonomy.peek());
    if (screen === "queue") void this.readQueue();
    if (screen === "judge" && this.judge.again.peek()) this.openNext();
  }

  /** Opens an item and shows it: from the queue, or once more from the history. */
  openRow(row: Row, again = false, review: Task | null = null): void {
    batch(() => {
      this.take(row, again, review);
      this.screen.value = "judge";
      this.menu.value = false;
    });
  }

  /** Reads an item and opens it to be judged once more. Rejects when it cannot be read. */
  async openById(id: string): Promise<void> {
    const { item } = await this.deps.api.item(id);
    this.openRow(item, item.labels > 0);
  }

  /** Shows other kinds of items or another order, and opens the first of them. */
  async chooseQueue(change: Partial<Choice>): Promise<void> {
    this.judge.open(null);
    this.queue.current.value = null;
    this.queue.choice.value = { ...this.queue.choice.peek(), ...change };
    this.queue.clear();
    await this.readQueue();
  }

  step(by: 1 | -1): void {
    const row = this.queue.beside(by);
    if (row) this.openRow(row);
  }

  skip(): void {
    const row = this.queue.after(this.queue.current.peek(), (r) => this.claims.on(r) !== undefined);
    if (row) this.openRow(row);
  }

  async undo(): Promise<void> {
    const undo = this.judge.undo.peek();
    if (!undo || !(await this.judge.takeBack())) return;
    this.queue.judged(undo.item.id, null);
    this.reviews.again(undo.item.id);
    if (!undo.review) this.queue.current.value = undo.item.id;
    this.judgedHere.value = this.judgedHere.peek().slice(0, -1);
    this.screen.value = "judge";
  }

  async readQueue(): Promise<void> {
    try {
      await this.queue.refresh();
      this.queueFailed.value = false;
      this.keepSeen();
      for (const op of this.outbox.waiting.peek()) this.queue.judged(op.item, op.draft.verdict); // the gateway does not know yet
      const current = this.queue.find(this.queue.current.peek() ?? "");
      if (current) this.judge.renew(current.row);
      if (!this.judge.item.peek() && !this.judge.again.peek()) this.openNext();
      else this.prefetch.want(this.queue.ahead(this.queue.current.peek(), prefetchAhead));
    } catch (err) {
      this.queueFailed.value = true;
      this.refused(err);
    }
  }

  series(row: Row, from: number, to: number, n: number) {
    return this.deps.api.series({ item: row.id, from, to, n });
  }

  /** Whether the person may look at others' labels; the gateway decides in the end. */
  get mayReview(): boolean {
    return ["reviewer", "admin"].includes(this.session.person?.role ?? "");
  }

  get base(): string {
    return this.deps.base;
  }

  /** Shows the asset of an item on the timeline, where it has one. */
  showOnTimeline(asset: string): void {
    this.go("timeline");
    void this.timeline.open(asset);
  }

  /** Makes a row the current one; whatever screen is on stays on. */
  private take(row: Row, again: boolean, review: Task | null = null): void {
    const before = this.judge.item.peek();
    if (before?.id !== row.id) void this.claims.release(before);
    batch(() => {
      this.judge.open(row, { again, review, draft: review?.first });
      this.queue.current.value = again ? null : row.id;
      this.page.value = 0;
    });
    void this.claims.hold(row);
    this.prefetch.want(this.queue.ahead(row.id, prefetchAhead));
  }

  private openNext(): void {
    const row = this.queue.after(this.queue.current.peek(), (r) => this.claims.on(r) !== undefined);
    if (row) return this.take(row, false);
    batch(() => {
      this.judge.open(null);
      this.queue.current.value = null;
    });
  }

  private decided(row: Row, verdict: Decision, again: boolean): void {
    batch(() => {
      this.judgedHere.value = [...this.judgedHere.peek(), { at: this.deps.now() }].slice(-500);
      this.queue.judged(row.id, verdict);
      if (this.judge.review.peek()) void reviewed(this, row.id);
      else if (again) {
        this.judge.open(null);
        this.go("history");
      } else this.openNext();
    });
  }

  /** Another person at the panel takes over neither the undo nor the count of the one before. */
  private welcome(id: string): void {
    if (id === this.lastPerson) return;
    this.lastPerson = id;
    this.judge.undo.value = null;
    this.judgedHere.value = [];
  }

  private newOutbox(): Outbox {
    const { api, store, now, later } = this.deps;
    return new Outbox({
      store,
      wire: api,
      person: () => this.session.person?.id,
      onSaved: (label) => {
        this.judge.confirmed(label);
        this.refreshStatus();
      },
      onUnauthorized: () => this.session.expire(),
      now,
      later,
    });
  }

  private newJudge(): Judge {
    const { api, store, prefs, now } = this.deps;
    return new Judge({
      put: (item, title, by, draft) => this.outbox.put(item, title, by, draft),
      withdraw: (key) => this.outbox.withdraw(key),
      work: { get: (id) => store.work(id), put: (w) => store.putWork(w), drop: (id) => store.deleteWork(id).catch(() => undefined) },
      labels: async (id) => (await api.item(id)).labels,
      person: () => this.session.person?.id,
      taxonomy: () => this.classes.revision,
      suits: (id, region) => this.classes.suits(id, onImage(region)),
      terminal: prefs.terminal,
      title: shortOf,
      onDecided: (row, verdict, again) => this.decided(row, verdict, again),
      now,
    });
  }

  private async enter(): Promise<void> {
    await recall(this, this.seen);
    if (this.session.assumed.peek() && !this.judge.item.peek()) this.openNext();
    this.outbox.flush();
    await Promise.all([this.readTaxonomy(), this.health.read()]);
    await this.readQueue();
  }

  private async readTaxonomy(): Promise<void> {
    try {
      this.classes.taxonomy.value = await this.deps.api.taxonomy();
    } catch (err) {
      this.refused(err);
    }
  }

  private hint(h: Hint): void {
    if (h.what === "taxonomy" || h.what === "reconnected") void this.readTaxonomy();
    if (h.what !== "taxonomy" && h.what !== "status") this.refreshQueue();
    if (this.screen.peek() === "timeline" && (h.what === "item" || h.what === "label")) this.timeline.refresh();
    if (h.what !== "claim") this.refreshStatus();
    if (h.what === "reconnected") this.outbox.flush();
  }

  private poll(): void {
    if (this.session.gate.peek().at !== "in") return;
    this.refreshStatus();
    if (!this.lineUp) this.refreshQueue();
  }

  refused(err: unknown): void {
    if (wireError(err).code === "unauthorized") this.session.expire();
  }

  private every(ms: number, f: () => void): void {
    const again = (): void => {
      f();
      this.deps.later(again, ms);
    };
    this.deps.later(again, ms);
  }
}
