// The gateway's HTTP API, one method per request. Shapes and errors are those of the wire; nothing here remembers anything.

import { RulesApi } from "./rules";
import { SimilarApi } from "./similar";
import { decodeSeries } from "./els1";
import type { Http } from "./http";
import type { Board, CameraFacts, Claim, Datum, Draft, DrillState, Kind, Label, Page, ReviewList, Row, SeriesBlock, SessionInfo, Signal, State, Stats, Status, Taxonomy, Verdict } from "./types";

/** What a person measured of a camera. */
export interface Calibration { mmPerPx: number; how: "ruler" | "checkerboard"; note: string; datum?: Datum }

export type Order = "oldest" | "newest" | "suspect";

export interface ItemQuery {
  state?: State;
  kind?: Kind;
  line?: string;
  station?: string;
  asset?: string;
  camera?: string;
  class?: string; // of the newest label
  proposed?: string; // class that a candidate proposes
  part?: string;
  verdict?: Verdict;
  from?: number; // UTC ns, by event time
  to?: number;
  order?: Order;
  cursor?: string;
  limit?: number;
}

export interface StatsQuery { from?: number; to?: number; line?: string; station?: string; asset?: string; camera?: string } // UTC ns

export type SeriesQuery = { item: string; from?: number; to?: number; n: number } | { tags: string[]; from: number; to: number; n: number };

const params = (query: object): string => {
  const out = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === "") continue;
    out.set(key, Array.isArray(value) ? value.join(",") : typeof value === "number" ? String(Math.round(value)) : String(value));
  }
  return out.size > 0 ? `?${out}` : "";
};

export class Api {
  readonly rules: RulesApi;
  readonly similar: SimilarApi;

  constructor(private readonly http: Http) {
    this.rules = new RulesApi(http);
    this.similar = new SimilarApi(http);
  }

  signIn(user: string, password: string): Promise<SessionInfo> {
    return this.http.json("/session", { method: "POST", body: { user, password } });
  }
  badge(badge: string): Promise<SessionInfo> {
    return this.http.json("/session", { method: "POST", body: { badge } });
  }
  redeem(token: string): Promise<SessionInfo> {
    return this.http.json("/session", { method: "POST", body: { token } });
  }
  session(): Promise<SessionInfo> {
    return this.http.json("/session");
  }
  /** Forbidden when the PIN is not that of who is signed in. */
  unlock(pin: string): Promise<void> {
    return this.http.json("/session/unlock", { method: "POST", body: { pin } });
  }
  setPin(pin: string): Promise<void> {
    return this.http.json("/session/pin", { method: "PUT", body: { pin } });
  }
  signOut(): Promise<void> {
    return this.http.json("/session", { method: "DELETE" });
  }

  /** Open items in the order in which a verdict teaches the detectors most. */
  async teaching(limit: number): Promise<Page> {
    const { items } = await this.http.json<{ items: Row[] | null }>(`/queue${params({ limit })}`);
    return { items: items ?? [], next: items?.length === limit ? "more" : "" };
  }
  async items(query: ItemQuery): Promise<Page> {
    const page = await this.http.json<{ items: Row[] | null; next?: string }>(`/items${params(query)}`);
    return { items: page.items ?? [], next: page.next ?? "" };
  }
  async item(id: string): Promise<{ item: Row; labels: Label[] }> {
    const got = await this.http.json<{ item: Row; labels: Label[] | null }>(`/items/${encodeURIComponent(id)}`);
    return { item: got.item, labels: got.labels ?? [] };
  }
  createItem(item: { asset: string; from: number; to: number; tags: string[]; comment: string }): Promise<Row> {
    return this.http.json("/items", { method: "POST", body: item });
  }

  /** Returns after the label is durable on the gateway. The same key again returns the same label. */
  label(item: string, draft: Draft, key: string): Promise<Label> {
    return this.http.json(`/items/${encodeURIComponent(item)}/labels`, { method: "POST", body: draft, headers: { "Idempotency-Key": key } });
  }
  claim(item: string, release: boolean): Promise<Claim> {
    return this.http.json(`/items/${encodeURIComponent(item)}/claim`, { method: "POST", body: { release } });
  }

  reviews(state: "due" | "disputed"): Promise<ReviewList> {
    return this.http.json(`/reviews${params({ state })}`);
  }
  stats(query: StatsQuery): Promise<Stats> {
    return this.http.json(`/stats${params(query)}`, { timeout: 60_000 });
  }

  async series(query: SeriesQuery): Promise<SeriesBlock> {
    return decodeSeries(await this.http.bytes(`/series${params(query)}`, { timeout: 30_000 }));
  }
  async signals(): Promise<Signal[]> {
    return (await this.http.json<{ signals: Signal[] | null }>("/signals")).signals ?? [];
  }
  taxonomy(revision?: number): Promise<Taxonomy> {
    return this.http.json(`/taxonomy${params({ revision })}`);
  }
  async packs(): Promise<Taxonomy[]> {
    return (await this.http.json<{ packs: Taxonomy[] | null }>("/taxonomy/packs")).packs ?? [];
  }
  /** The answer is the next revision; a taxonomy that is not the newest any more is a conflict. */
  putTaxonomy(t: Taxonomy): Promise<Taxonomy> {
    return this.http.json("/taxonomy", { method: "PUT", body: t });
  }
  async cameras(): Promise<CameraFacts[]> {
    return (await this.http.json<{ cameras: CameraFacts[] | null }>("/cameras")).cameras ?? [];
  }
  chooseGolden(camera: string, item: string, image: string): Promise<CameraFacts> {
    return this.http.json(`/cameras/${encodeURIComponent(camera)}/golden`, { method: "PUT", body: { item, image } });
  }
  /** Holds for pictures that arrive from now on. */
  calibrate(camera: string, scale: Calibration): Promise<CameraFacts> {
    return this.http.json(`/cameras/${encodeURIComponent(camera)}/scale`, { method: "PUT", body: scale });
  }
  /** Looks for a checkerboard whose squares are `square` mm wide. */
  checkerboard(sha256: string, square: number): Promise<Board> {
    return this.http.json(`/images/${sha256}/checkerboard?square=${square}`, { timeout: 60_000 });
  }
  status(): Promise<Status> {
    return this.http.json("/status");
  }
  drill(): Promise<DrillState> {
    return this.http.json("/drill");
  }
  /** Lets nothing through to the centre for so many seconds. A conflict while a drill goes on. */
  cut(seconds: number): Promise<DrillState> {
    return this.http.json("/drill", { method: "POST", body: { seconds } });
  }
  mend(): Promise<DrillState> {
    return this.http.json("/drill", { method: "DELETE" });
  }

  /** The bytes of a picture, kept by the browser's own cache afterwards. */
  picture(path: string): Promise<ArrayBuffer> {
    return this.http.bytes(path, { timeout: 60_000 });
  }
  imageUrl(sha256: string): string {
    return this.http.url(`/images/${sha256}`);
  }
}
