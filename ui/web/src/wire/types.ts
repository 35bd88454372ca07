// The JSON of the gateway's API, as Go's agent/label and agent/series write it. Fields that Go leaves out when empty are optional here.
// UTC nanoseconds are plain numbers: a double holds them to 256 ns, which the gateway's checks allow for.

export type Verdict = "undefined" | "ok" | "not_ok" | "not_decidable";
export type Kind = "image" | "window" | "joint";
export type State = "open" | "labeled" | "synced";

export interface Place {
  site?: string;
  area?: string;
  line?: string;
  cell?: string;
  asset?: string;
}

export interface Part {
  partId?: string;
  productId?: string;
  externalRecipeId?: string;
  internalRecipeId?: string;
  jobId?: string;
  measId?: string;
}

export interface Image {
  sha256: string;
  bytes: number;
  format: "jpeg" | "png" | "bmp" | "tiff" | string;
  width: number; // px
  height: number; // px
  mmPerPx?: number; // absent when the camera is not calibrated
  mmPerCount?: number; // mm of height for one count of a sample; absent where the picture shows no heights
  calibrated?: number; // UTC ns; absent when mmPerPx is the configuration's
  datum?: Datum;
  camera: string;
  name?: string;
  taken?: number; // UTC ns, camera's clock
  received: number; // UTC ns, gateway's clock
  part?: Part;
  machine?: Verdict;
}

/** What people said about a camera, and the good picture that its detector compares with. */
export interface CameraFacts {
  name: string;
  mmPerPx?: number; // what new pictures get; absent when not calibrated
  mmPerCount?: number;
  scale?: { mmPerPx: number; by: string; at: number /* UTC ns */; how: "ruler" | "checkerboard"; note?: string; datum?: Datum };
  golden?: { image: Image; item: string; by: string; at: number /* UTC ns */ };
  reference?: Image;
}

/** Where a part's zero lies on a camera's pictures and which way its x axis points: px, and degrees clockwise. */
export interface Datum { x: number; y: number; angle: number }

/** What was found of a checkerboard on a picture. */
export interface Board {
  columns: number; // corners across
  rows: number;
  mmPerPx?: number; // absent when it is refused
  spread?: number; // of the corners about an even lattice, as a part of a square's side
  refused?: string;
}

export interface WindowRef {
  from: number; // UTC ns, inclusive
  to: number; // UTC ns, exclusive
  tags: string[];
  sha256?: string;
  bytes?: number;
}

export interface Text {
  "zh-CN": string;
  en: string;
}

/** What the block of a waveform held by frequency that opened a candidate. */
export interface KeptSpectrum {
  tag: string; // the waveform
  at: number; // UTC ns, of the block
  unit?: string; // of amplitude
  envelope?: boolean; // of the envelope of a band, not of the waveform itself
  step: number; // Hz; value k is the largest from k·step on
  amplitude: number[]; // peak
  lines?: { name: string; hz: number }[]; // frequencies of parts of the machine at the speed of that moment
}

export interface Candidate {
  id: string;
  rule: string;
  detector: string;
  tags?: string[];
  from: number; // UTC ns, onset
  to?: number; // UTC ns, end; absent while it is open
  limit?: string;
  value?: number;
  score: number; // 0..1
  severity: number; // 1..1000
  explain: Text;
  image?: string;
  regions?: Region[];
  spectrum?: KeptSpectrum;
}

export type RegionKind =
  | "box" | "rotated_box" | "polygon" | "mask" | "polyline" | "point" | "measure" // on an image
  | "interval" | "instant"; // on signals

export type Origin = "person" | "accepted" | "edited" | "machine";

export interface Rect { x: number; y: number; w: number; h: number } // px of the original picture
export interface Size { length: number; width: number; area: number } // mm, mm, mm²

export interface Region {
  id: string;
  kind: RegionKind;
  class?: string;
  attributes?: Record<string, string>;
  origin?: Origin;
  score?: number;
  links?: string[];
  image?: string; // sha256
  rect?: Rect;
  angle?: number; // degrees, clockwise
  points?: [number, number][]; // x, y in px
  runs?: number[];
  from?: number; // UTC ns, inclusive
  to?: number; // UTC ns, inclusive
  tags?: string[];
  size?: Size;
}

export interface Claim { by: string; name: string; until: number }

export interface Item {
  id: string;
  rev: number;
  kind: Kind;
  created: number;
  at: number; // UTC ns, event time
  place: Place;
  part?: Part;
  isPartial?: boolean;
  isSimulated?: boolean;
  images?: Image[];
  window?: WindowRef;
  candidates?: Candidate[];
  machine: Verdict;
  score: number;
  createdBy?: string;
}

export interface Standing {
  state: State;
  verdict: Verdict;
  classes?: string[];
  labels: number;
  by?: string;
  decided?: number;
  synced: boolean;
  review?: ReviewState;
  judges?: string[];
}

export interface Row extends Item, Standing { claim?: Claim }
export interface Page { items: Row[]; next?: string }

export interface Person { id: string; name?: string; role: string }
export interface SessionInfo { person: Person; hasPin?: boolean }
export interface Fault { mode?: string; mechanism?: string; cause?: string; severity?: number; workOrder?: string }
export type Confidence = 0 | 1 | 2 | 3; // unasked, guess, likely, inspected
export type Input = "touch" | "mouse" | "key" | "scanner" | "api";

export interface Draft {
  verdict: Verdict;
  classes?: string[];
  regions?: Region[];
  fault?: Fault;
  confidence?: Confidence;
  comment?: string;
  origin?: Origin;
  input?: Input;
  terminal?: string;
  opened?: number; // UTC ns, page's clock
  decided?: number; // UTC ns, page's clock
  parent: number;
  taxonomy: number;
  review?: Review;
}

/** A second person's word on an earlier label. */
export interface Review {
  of: number; // revision that it is about
  against?: number; // of an adjudication: the second opinion
  result: "agree" | "correct" | "send_back" | "second" | "adjudicate";
  agrees?: boolean; // as the gateway found
}
export type ReviewState = "" | "agreed" | "corrected" | "sent_back" | "disputed" | "adjudicated";
export interface ReviewList { blind: boolean; due: number; disputed: number; more: boolean; items: Row[] }

export interface Label extends Draft {
  id: string;
  item: string;
  rev: number;
  by: Person;
  saved: number; // UTC ns, gateway's clock
  key?: string;
}

export interface Class {
  id: string;
  name: Text;
  on?: "image" | "signal" | "both" | "";
  hotkey?: string;
  color?: string; // #rrggbb
  icon?: string;
  limit?: number; // greatest length that is still OK, mm
  retired?: boolean;
  limits?: LimitPicture[];
  attributes?: Attribute[];
}
/** A place in a stored picture that everybody should judge alike. */
export interface LimitPicture { kind: "good" | "borderline" | "bad"; item: string; image: string; rect?: Rect; note?: Text }
/** A question about a region of a class; the region carries id → the answer's id. */
export interface Attribute { id: string; name: Text; values: Term[] }
/** What became of a retired class: one target is a merge, several are a split. */
export interface Mapping { from: string; to: string[] }
export interface Term { id: string; code?: string; name: Text; equipment?: string[] /* kinds that it is about; none is all */ }
export interface Taxonomy {
  revision: number;
  name: Text;
  task?: Text; // what people are asked to do
  classes: Class[] | null;
  modes?: Term[];
  mechanisms?: Term[];
  causes?: Term[];
  equipment?: Record<string, string>; // asset → kind of equipment
  mappings?: Mapping[];
  keys?: { ok?: string; not_ok?: string; not_decidable?: string; undo?: string }; // F1 to F12
  changed?: number;
  by?: string;
}

export interface Gap {
  source: string;
  tag?: string; // absent: every tag of the source
  from: number; // UTC ns
  to: number; // UTC ns
  reason: "disconnected" | "silent" | "overflow" | "shutdown" | "corrupt" | string;
  detail?: string;
}

export interface Signal {
  id: string;
  name?: string;
  source: string;
  asset?: string;
  unit?: string;
  kind: "number" | "bool" | "text" | "wave";
  rate?: number;
  last: { t: number; v: number | null; quality: "good" | "uncertain" | "bad" } | null;
}

export interface Change { rev: number; what: "item" | "label" | "claim" | "taxonomy" | "status"; item?: string }

/** One signal of a series answer. Times are ms (floats) since the block's base. */
export type Trace = Samples | Buckets;
interface TraceHead { tag: string; name: string; unit: string }
export interface Samples extends TraceHead {
  kind: "samples";
  t: Float64Array; // ms since base
  v: Float64Array; // NaN = no number
  quality: Uint8Array;
}
export interface Buckets extends TraceHead {
  kind: "buckets";
  t0: number; // ms since base; bucket i covers [t0+i·step, t0+(i+1)·step)
  step: number; // ms
  min: Float64Array; // NaN = empty
  max: Float64Array;
  count: Uint32Array;
  worst: Uint8Array;
}

/** A decoded ELS1 answer. base is the UTC ns that its ms count from; [from, to) in ms is what was asked for. */
export interface SeriesBlock { base: number; from: number; to: number; traces: Trace[]; gaps: Gap[] }

export interface Status {
  gateway: { id: string; site: string; line: string; version: string; simulated: boolean };
  now: number;
  sources: SourceStatus[] | null;
  queue: { open: number; labeled: number; unsynced: number; oldest: number };
  targets: TargetStatus[] | null;
  disk: { used: number; free: number; classes: { name: string; bytes: number; budget: number }[] | null; evicted: number; full?: boolean };
}
/** The line to the centre. Times are UTC ns; until is 0 while it is whole. */
export interface DrillState { until: number; now: number }
export interface SourceStatus {
  name: string;
  kind: "opcua" | "mqtt" | "camera" | string;
  state: "up" | "connecting" | "waiting" | "starting" | "stopped";
  since: number;
  error?: string;
  retry?: number;
  samples: number;
  images: number;
  duplicates: number;
  rejected?: Record<string, number> | null;
  gaps?: Record<string, number> | null;
  lastSample?: number;
  problems?: Record<string, string> | null;
  backfilled?: number; // samples read back from the source's own history
  clockOffset?: number; // ns, the source's clock minus the gateway's
  pictures?: { bytes: number; lastBytes: number; last: number; rate: number /* a second */ };
}
export interface TargetStatus {
  name: string;
  kind: "file" | "s3" | string;
  state: "idle" | "uploading" | "waiting";
  since: number;
  error?: string;
  pending: number;
  lastBatch?: number;
  lastSync?: number;
  lanes?: Record<string, number>; // of pending, by labels, items, windows and records
  oldest?: number; // UTC ns, when the oldest pending entry was written
  rate?: number; // entries a second
  bytesRate?: number;
  ends?: number; // UTC ns, when nothing will be pending at this rate
  closed?: boolean; // the timetable lets nothing leave now
  clearance?: string;
  above?: number; // entries withheld because they are graded above the clearance
  trial?: number; // UTC ns, until when what the centre changed is on trial; absent while nothing is
  rolledBack?: number; // trials that the gateway ended since its start
}

/** What people judged in a period. Times are UTC ns. */
export interface Stats {
  from: number;
  to: number;
  items: number;
  judged: number;
  notOK: number;
  notDecidable: number;
  more: boolean;
  mine: {
    labels: number;
    seconds: { n: number; p05: number | null; p50: number | null; p95: number | null };
    perHour: number | null;
    blind: { agreement: Rate; kappa: number | null };
    open: Rate;
  };
  classes: { class: string; n: number }[]; // the most frequent first
  mean: number | null;
  groups: { from: number; to: number; n: number; notOK: number; lower: number; upper: number }[];
  maps: DefectMap[];
  lines: string[];
  stations: string[];
  assets: string[];
  cameras: string[];
}
export interface Rate { count: number; of: number; share: number | null; low: number | null; high: number | null }
export interface DefectMap { camera: string; image: string; width: number; height: number; columns: number; rows: number; regions: number; cells: number[] }
