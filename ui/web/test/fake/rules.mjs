// Rules of the fake gateway: what they flagged, what people said, and a replay that takes two questions.
const hour = 3600e9;

export class FakeRules {
  constructor(now) {
    const rule = (name, tag, kind, candidates, more = {}) => ({ name, tag, asset: "T-03", kind, severity: 500, when: "", candidates, open: false, lastDay: 2, chattering: false, factor: 0, last: now * 1e6 - hour, blocked: "", falseSignals: null, service: { state: "in_service", until: 0, reason: "", by: "", at: 0 }, ...more });
    this.rules = [
      rule("t03.vibration.limit", "t03.vibration", "limit", 14, { factor: 1.2, falseSignals: { perPoint: 0.0027, every: 370, autocorrelation: 0.62, thin: 4, points: 48210, signals: 131 } }),
      rule("t03.feed.spc", "t03.feed", "spc", 212, { when: "state == 'Running'", open: true }), rule("t03.coolant.stuck", "t03.coolant", "stuck", 3, { blocked: "t03.coolant" }),
      rule("t03.together", "", "multivariate", 6), rule("t03.temperature.drift", "t03.temperature", "robust_z", 9, { service: { state: "shelved", until: now * 1e6 + 8 * hour, reason: "检修", by: "0322", at: now * 1e6 - hour } }),
    ];
    this.budgets = [{ asset: "T-03", candidates: 5, per: 28800, promised: 4.6, observed: 12.4, over: 259200, rules: 5, fitted: 3 }];
    this.tunings = [];
    this.replays = new Map();
  }

  performance() {
    const judged = (rule, detector, c, r, u, w) => ({ rule, detector, asset: "T-03", confirmed: c, rejected: r, undecided: u, waiting: w, precision: c + r ? { value: c / (c + r), low: Math.max(0, c / (c + r) - 0.15), high: Math.min(1, c / (c + r) + 0.12), n: c + r } : null, periods: [] });
    return { from: 0, to: 0, items: 300, more: false, detectors: [], recall: [{ asset: "T-03", camera: "CAM-2", drawn: 60, judged: 46, missed: 4, each: 12, flagged: 42, recall: { value: 0.913, low: 0.8, high: 0.97, n: 46 } }], rules: [judged("t03.vibration.limit", "limit", 11, 2, 1, 0), judged("t03.feed.spc", "spc", 3, 37, 2, 170)] };
  }

  /** [status, answer] of a request below /rules/, or undefined. */
  answer(method, at, body, person) {
    const [, name, what] = /^\/rules\/([^/]+)\/(\w+)$/.exec(at) ?? [];
    const rule = this.rules.find((r) => r.name === decodeURIComponent(name ?? ""));
    if (!rule) return undefined;
    const by = { by: person.id, at: Date.now() * 1e6 };
    if (what === "shelve") return [200, (rule.service = { state: body.until ? "shelved" : "in_service", until: body.until, reason: body.reason, ...by })];
    if (what === "service") return person.role === "admin" ? [200, (rule.service = { state: body.state, until: 0, reason: body.reason, ...by })] : [403, { error: { code: "forbidden", message: "forbidden" } }];
    if (what === "tuning") return [200, (this.tunings.push({ rule: rule.name, field: body.field, value: body.value, was: 4.5, reason: body.reason, ...by }), this.tunings.at(-1))];
    if (what === "replay") return this.replay(rule.name, method);
    return undefined;
  }

  replay(name, method) {
    const asked = (this.replays.get(name) ?? -1) + 1;
    if (method === "GET" && !this.replays.has(name)) return [404, { error: { code: "not_found", message: name } }];
    this.replays.set(name, method === "POST" ? 0 : asked);
    const setting = (value, candidates, confirmed, rejected, more) => ({ value, candidates, confirmed, rejected, unjudged: candidates - confirmed - rejected, ...more });
    const done = asked > 1 && method !== "POST";
    return [method === "POST" ? 202 : 200, { rule: name, field: "h", fields: ["h", "hh"], state: done ? "done" : "running", from: 0, to: 0, done: done ? 1 : 0.4, confirmed: 11, rejected: 2, settings: done ? [setting(3.5, 40, 11, 9), setting(4.5, 14, 11, 2, { now: true }), setting(5, 12, 11, 1, { proposed: true }), setting(6, 7, 7, 0)] : [] }];
  }
}
