// A small line: items, labels, taxonomy and status as the gateway would answer them.
import { createHash } from "node:crypto";
import { faults, lanes } from "./days.mjs";
import { partImage } from "./part.mjs";
import { tags } from "./series.mjs";

const text = (zh, en) => ({ "zh-CN": zh, en });
export const taxonomy = {
  revision: 7,
  name: text("端盖缺陷", "Cover defects"),
  classes: [
    ["scratch", "划痕", "Scratch", "image", 8], ["dent", "磕碰", "Dent", "image", 3], ["burr", "毛刺", "Burr", "image"], ["porosity", "气孔", "Porosity", "image"], ["crack", "裂纹", "Crack", "image"],
    ["stain", "油污", "Stain", "image"], ["tool-mark", "刀纹", "Tool mark", "image"], ["missing", "缺件", "Missing feature", "image"],
    ["chatter", "振颤", "Chatter", "signal"], ["spike", "冲击", "Spike", "signal"], ["drift", "漂移", "Drift", "signal"],
  ].map(([id, zh, en, on, limit], i) => ({ id, name: text(zh, en), on, icon: id, hotkey: on === "signal" ? "xyz"[i - 8] : String(i + 1), ...(limit ? { limit } : {}) })),
  modes: [["vib", "VIB", "振动异常", "Vibration"], ["ohe", "OHE", "过热", "Overheating"], ["noi", "NOI", "异响", "Noise"], ["pde", "PDE", "参数偏移", "Parameter deviation"], ["brd", "BRD", "卡死", "Breakdown"], ["oth", "OTH", "其他", "Other"]].map(([id, code, zh, en]) => ({ id, code, name: text(zh, en) })),
  mechanisms: [["wear", "2.4", "磨损", "Wear"], ["fatigue", "2.6", "疲劳", "Fatigue"], ["loose", "1.5", "松动", "Looseness"], ["align", "1.3", "对中不良", "Misalignment"], ["heat", "2.7", "过热", "Overheating"], ["unk", "6.4", "未知", "Unknown"]].map(([id, code, zh, en]) => ({ id, code, name: text(zh, en) })),
  causes: [["oil", "润滑不足", "Poor lubrication"], ["mount", "安装不当", "Bad mounting"], ["tool", "刀具崩刃", "Chipped tool"], ["unk", "未知", "Unknown"]].map(([id, zh, en]) => ({ id, name: text(zh, en) })),
};

const width = 1200, height = 900, mmPerPx = 0.1;
const scratch = [760, 292, 872, 352];

const drawings = new Map(); // one line after the other shows the same parts
const drawn = (seed, flagged) => {
  const key = `${seed} ${flagged}`;
  if (!drawings.has(key)) drawings.set(key, partImage(seed, width, height, flagged ? scratch : undefined));
  return drawings.get(key);
};

export class World {
  items = new Map();
  labels = new Map(); // item → labels
  pictures = new Map(); // sha → () => png
  keys = new Map();
  claims = new Map();
  n = 418;

  /** clock gives ms UTC; plain pictures are the same for every part and small as files. */
  constructor({ clock = Date.now, plain = false } = {}) {
    Object.assign(this, { clock, plain });
    const now = (this.now = clock());
    const kinds = ["image", "image", "joint", "window", "image", "image", "image", "window", "joint", "image", "image", "image"];
    kinds.forEach((kind, i) => this.add(kind, i % 3 === 0 || kind !== "image", now - (kinds.length - i) * 8000));
  }

  add(kind, flagged, at = this.clock()) {
    const n = this.n++, id = `01J${String(n).padStart(23, "0")}`, ns = at * 1e6;
    const row = { id, rev: 1, kind, created: ns, at: ns, place: { site: "HZ1", line: "L2", cell: "4", asset: "T-03" }, machine: flagged ? "not_ok" : "ok", score: flagged ? 0.87 : 0.12, isSimulated: true, candidates: [], state: "open", verdict: "undefined", labels: 0, synced: false };
    if (kind !== "window") this.addPicture(row, n, flagged, ns);
    if (kind !== "image") this.addWindow(row, ns);
    this.items.set(id, row);
    this.labels.set(id, []);
    return row;
  }

  addPicture(row, n, flagged, ns) {
    const sha = createHash("sha256").update(String(n)).digest("hex");
    const seed = this.plain ? 0 : n;
    this.pictures.set(sha, () => drawn(seed, flagged));
    row.part = { partId: `2611-22B-0${n}`, productId: "BC-2047" };
    row.images = [{ sha256: sha, bytes: 700000, format: "png", width, height, mmPerPx, camera: "CAM-2", taken: ns, received: ns + 2e8, part: row.part, machine: row.machine }];
    if (!flagged) return;
    row.candidates.push({
      id: `c${n}`, rule: "cam2.surface", detector: "machine_result", from: ns, to: ns, score: 0.87, severity: 600, image: sha,
      explain: text("内圈右上有一道亮线，长 12.4 mm，比限值 8.0 mm 长。", "A bright line of 12.4 mm at the upper right of the inner ring, longer than the limit of 8.0 mm."),
      regions: [{ id: `r${n}`, kind: "box", class: "scratch", origin: "machine", score: 0.87, image: sha, rect: { x: 754, y: 284, w: 124, h: 76 }, size: { length: 12.4, width: 0.2, area: 2.4 } }],
    });
  }

  addWindow(row, ns) {
    const from = ns - 30e9;
    row.window = { from, to: ns + 6e9, tags: Object.keys(tags) };
    row.candidates.push({ id: `w${row.id}`, rule: "t03.vibration.limit", detector: "limit", tags: ["t03.current", "t03.vibration", "t03.feed"], from: from + 13.4e9, to: from + 18.2e9, limit: "H", value: 9.1, score: 0.91, severity: 500, explain: text("振动 RMS 超过上限 4.5 mm/s 共 4.8 s，峰值 9.1 mm/s。", "Vibration RMS was over its limit of 4.5 mm/s for 4.8 s, peak 9.1 mm/s.") });
  }

  /** The candidate of a window brings what the vibration held by frequency: a worn outer race. */
  keepSpectrum(row) {
    const step = 8, harmonic = (hz) => [118.4, 236.8, 355.2].findIndex((f) => Math.floor(f / step) * step === hz);
    const amplitude = Array.from({ length: 400 }, (_, k) => (harmonic(k * step) < 0 ? 0.02 + 0.015 * Math.abs(Math.sin(k * k)) : 0.84 / (1 + harmonic(k * step))));
    row.candidates[0].spectrum = { tag: "t03.acceleration", at: row.window.from + 14e9, unit: "m/s²", envelope: true, step, amplitude, lines: [{ name: "BPFO", hz: 118.4 }, { name: "BPFI", hz: 177.9 }, { name: "1×", hz: 24.6 }] };
  }

  setTask() {
    this.taxonomy = { ...taxonomy, task: text("判端盖正面。\n划痕超过 8 mm 为不合格，看不清时请选“无法判定”。", "Judge the face of the cover.\nA scratch over 8 mm is NG; where the picture is unclear, choose \"can't decide\".") };
  }

  /** The items of the grinder's days: flagged faults, one of them judged. */
  addDays() {
    faults.filter((f) => f.flagged).forEach((f, i) => {
      const [from, to] = [this.now * 1e6 - f.from * 3600e9, this.now * 1e6 - f.to * 3600e9], tags = lanes.slice(0, i % 2 ? 2 : 3).map((l) => l.id), score = [0.91, 0.62, 0.74, 0.89][i];
      const candidate = { id: `g${i}`, rule: "g07.vibration", detector: "robust_z", tags, from, to, score, severity: 500, explain: text(`振动比平常高，历时 ${Math.round((f.from - f.to) * 60)} min。`, `Vibration above its usual range for ${Math.round((f.from - f.to) * 60)} min.`) };
      const row = { ...this.window(`01G${String(i).padStart(23, "0")}`, { asset: "G-07", from, to, tags }), candidates: [candidate], score };
      if (i === 3) Object.assign(row, { state: "labeled", verdict: "not_ok", labels: 1, by: "0322", decided: to + 9e12, classes: ["chatter"] });
      this.items.set(row.id, row);
      this.labels.set(row.id, []);
    });
  }

  window(id, { asset, from, to, tags }) {
    return { id, rev: 1, kind: "window", created: to, at: from, place: { site: "HZ1", line: "L2", asset }, machine: "not_ok", score: 1, isSimulated: true, window: { from, to, tags }, candidates: [], state: "open", verdict: "undefined", labels: 0, synced: false };
  }

  /** An item that a person marks. */
  create(body, person) {
    const id = `01K${String(this.n++).padStart(23, "0")}`;
    const explain = text(body.comment || "人工标出", body.comment || "Marked by a person");
    const row = { ...this.window(id, body), createdBy: person.id, candidates: [{ id: "person", rule: "person", detector: "person", tags: body.tags, from: body.from, to: body.to, score: 1, severity: 500, explain }] };
    this.items.set(id, row);
    this.labels.set(id, []);
    return row;
  }

  /** Limit pictures, attributes and kinds of equipment in the taxonomy. */
  setLimits() {
    const [good, bad] = [false, true].map((flagged) => [...this.items.values()].find((r) => r.kind === "image" && (r.candidates.length > 0) === flagged));
    const limit = (kind, r, rect) => ({ kind, item: r.id, image: r.images[0].sha256, ...(rect ? { rect } : {}), note: text("内圈右上", "Upper right of the inner ring") });
    const place = { x: 754, y: 284, w: 124, h: 76 };
    const attributes = [{ id: "depth", name: text("深度", "Depth"), values: [{ id: "felt", name: text("可触及", "Can be felt") }, { id: "seen", name: text("仅可见", "Only seen") }] }];
    this.taxonomy = { ...taxonomy, equipment: { "T-03": "lathe" }, classes: taxonomy.classes.map((c) => (c.id === "scratch" ? { ...c, limits: [limit("good", good, place), limit("borderline", bad), limit("bad", bad, place)], attributes } : c)) };
  }

  page(q) {
    const [from, to] = [Number(q.get("from") ?? 0), Number(q.get("to") ?? Infinity)];
    const inside = (r) => (r.window?.to ?? r.at) >= from && (r.window?.from ?? r.at) < to;
    let rows = [...this.items.values()].filter((r) => inside(r) && (!q.get("asset") || r.place.asset === q.get("asset")) && (!q.get("state") || r.state === q.get("state")) && (!q.get("kind") || r.kind === q.get("kind")) && (!q.get("verdict") || r.verdict === q.get("verdict")) && (!q.get("class") || r.classes?.includes(q.get("class"))) && (!q.get("camera") || r.images?.some((i) => i.camera === q.get("camera"))) && (!q.get("part") || r.part?.partId === q.get("part")));
    if (q.get("order") === "newest") rows.reverse();
    if (q.get("order") === "suspect") rows.sort((a, b) => b.score - a.score);
    const at = q.get("cursor") ? rows.findIndex((r) => r.id === q.get("cursor")) + 1 : 0, limit = Number(q.get("limit") ?? 50);
    const cut = rows.slice(at, at + limit);
    return { items: cut.map((r) => this.row(r)), next: at + limit < rows.length ? cut.at(-1).id : "" };
  }

  row(r) {
    const claim = this.claims.get(r.id);
    return claim && claim.until > this.clock() * 1e6 ? { ...r, claim } : r;
  }

  /** [status, answer] of a posted label. */
  label(id, draft, key, person) {
    if (this.keys.has(key)) return [201, this.keys.get(key)];
    const row = this.items.get(id), labels = this.labels.get(id);
    if (!row) return [404, { error: { code: "not_found", message: `item ${id}` } }];
    if (draft.parent !== labels.length) return [409, { error: { code: "conflict", message: "a newer revision" }, newest: labels.at(-1) }];
    const label = { ...draft, id: `01L${key}`, item: id, rev: labels.length + 1, by: person, saved: this.clock() * 1e6, key };
    labels.push(label);
    this.keys.set(key, label);
    const judges = [...new Set(labels.map((l) => l.by.id))];
    const classes = [...new Set([...(draft.classes ?? []), ...(draft.regions ?? []).flatMap((r) => (r.class ? [r.class] : []))])];
    Object.assign(row, { state: "labeled", verdict: draft.verdict, labels: labels.length, by: person.id, decided: draft.decided, classes, judges, review: this.stateOf(draft, labels) });
    return [201, label];
  }

  stateOf({ review, verdict }, labels) {
    const differs = review && labels[review.of - 1]?.verdict !== verdict;
    return review ? { agree: "agreed", correct: "corrected", send_back: "sent_back", second: differs ? "disputed" : "agreed", adjudicate: "adjudicated" }[review.result] : "";
  }

  /** What waits for a second person, without names. */
  reviews(by, state, blind) {
    const open = [...this.items.values()].filter((r) => r.labels > 0 && !r.judges?.includes(by));
    const due = open.filter((r) => !r.review), disputed = open.filter((r) => r.review === "disputed");
    const hide = blind || state === "disputed" ? { verdict: "undefined", classes: [] } : {};
    return { due: due.length, disputed: disputed.length, more: false, items: (state === "due" ? due : disputed).map((r) => ({ ...r, by: "", ...hide })) };
  }

  stats(by, q) {
    const rows = [...this.items.values()].filter((r) => !q.get("camera") || r.images?.some((i) => i.camera === q.get("camera")));
    const judged = rows.filter((r) => r.labels > 0), bad = judged.filter((r) => r.verdict === "not_ok"), n = {}, image = [...this.items.values()].find((r) => r.images).images[0];
    for (const r of bad) for (const c of r.classes ?? [""]) n[c] = (n[c] ?? 0) + 1;
    const rate = { count: 0, of: 0, share: null, low: null, high: null }, cells = Array(40 * 30).fill(0);
    cells[10 * 40 + 26] = 3;
    return {
      from: 0, to: this.now * 1e6, items: rows.length, judged: judged.length, notOK: bad.length, notDecidable: 0, more: false,
      mine: { labels: [...this.labels.values()].flat().filter((l) => l.by.id === by).length, seconds: { n: 0, p05: null, p50: null, p95: null }, perHour: null, blind: { agreement: rate, kappa: null }, open: rate },
      classes: Object.entries(n).map(([c, k]) => ({ class: c, n: k })).sort((a, b) => b.n - a.n), mean: judged.length ? 28 / 120 : null,
      groups: judged.length ? [0, 1, 2].map((i) => ({ from: (this.now - (3 - i) * 36e5) * 1e6, to: (this.now - (2 - i) * 36e5) * 1e6, n: 40, notOK: [4, 5, 19][i], lower: 0.02, upper: 0.38 })) : [],
      maps: [{ camera: image.camera, image: image.sha256, width: image.width, height: image.height, columns: 40, rows: 30, regions: 3, cells }], lines: ["L2"], stations: ["4"], assets: ["T-03"], cameras: [image.camera, "CAM-9"],
    };
  }

  status() {
    const now = this.clock() * 1e6;
    const source = (name, kind, more = {}) => ({ name, kind, state: "up", since: now - 4e12, error: "", retry: 0, samples: kind === "camera" ? 0 : 482113, images: kind === "camera" ? 1904 : 0, duplicates: 3, rejected: {}, gaps: {}, lastSample: now - 4e8, problems: {}, backfilled: 0, ...(kind === "camera" ? { pictures: { bytes: 13e8, lastBytes: 7e5, last: now - 4e8, rate: 0.12 } } : {}), ...more });
    if (this.well) return { ...this.trouble(source, now), sources: [source("cam2-top", "camera"), source("plc-line2", "opcua", { clockOffset: 12e6 }), source("plant-broker", "mqtt")] };
    return this.trouble(source, now);
  }

  trouble(source, now) {
    const rows = [...this.items.values()], count = (s) => rows.filter((r) => r.state === s).length;
    return {
      gateway: { id: "GW-L2-01", site: "HZ1", line: "L2", version: "1.0.0", simulated: true }, now,
      sources: [
        source("cam3-side", "camera", { state: "waiting", error: "dial tcp 10.20.4.33:21: i/o timeout", since: now - 84e10, retry: now + 12e9, lastSample: now - 84e10, gaps: { disconnected: 1 } }),
        source("plc-line2", "opcua", { problems: { "ns=3;s=Motor.Temp": "BadNodeIdUnknown: node does not exist on the server" } }), source("grinder-g07", "opcua", { gaps: { disconnected: 1 }, clockOffset: -4.2e9 }), source("plant-broker", "mqtt", { rejected: { not_json: 12 } }), source("cam2-top", "camera"),
      ],
      queue: { open: count("open"), labeled: count("labeled"), unsynced: count("labeled"), oldest: count("labeled") ? now - 36e10 : 0 },
      targets: [{ name: "central", kind: "s3", state: "idle", since: now - 1e12, error: "", pending: count("labeled"), lastBatch: 4812, lastSync: now - 36e10, rate: 0, bytesRate: 0 }, ...(this.well ? [] : [{ name: "group-lake", kind: "s3", state: "uploading", since: now - 6e11, error: "", pending: 174, lanes: { labels: 3, items: 140, windows: 31 }, lastBatch: 311, lastSync: now - 2e9, oldest: now - 36e10, rate: 2.4, bytesRate: 1.7e6, ends: now + 72e9 }, { name: "control", kind: "control", state: "idle", since: 0, error: "", pending: 0, lastBatch: 0, lastSync: now - 4e10, rate: 0, bytesRate: 0, trial: now + 25e11, rolledBack: 1 }])],
      disk: { used: 129e9, free: 99e9, classes: [{ name: "images", bytes: 61e9, budget: 120e9 }, { name: "windows", bytes: 3.4e9, budget: 20e9 }, { name: "series", bytes: 58e9, budget: 80e9 }, { name: "index", bytes: 4.1e9, budget: 0 }], evicted: 0 },
    };
  }
}
