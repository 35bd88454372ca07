// Words of the rules and detectors.

export const rulesEn = {
  title: "Rules", note: "Detectors, precision, shelving", empty: "No rule watches signals yet", emptySub: "Rules stand in the configuration of the gateway", failed: "The rules did not come",
  show: { all: "All", noisy: "Needs attention", shelved: "Shelved" }, noneShown: "None of these", rule: "Rule", signal: "Signal", kind: "Detector", candidates: "Flagged", precision: "Precision", falseRate: "False alarms", state: "State",
  asset: (a: string) => `all of ${a}`, interval: (low: string, high: string, n: number) => `${low}–${high} %, ${n} judged`, unjudged: "nobody judged one yet", every: (span: string) => `one in ${span}`, unknownRate: "not known", observed: (signals: string, points: string) => `${signals} in ${points} points so far`,
  lastDay: (n: number) => `${n} in 24 h`, noisy: { chatters: "chatters", often: "flags far more than others", wrong: "more often wrong than right" }, open: "flagging now", blocked: (tag: string) => `not judged: ${tag} is bad`,
  service: { in_service: "In service", shelved: "Shelved", out_of_service: "Out of service" }, until: (at: string) => `until ${at}`, by: (by: string, at: string) => `${by}, ${at}`,
  shelve: "Shelve for", hours: (h: number) => (h < 24 ? `${h} h` : `${h / 24} d`), reason: "Reason", reasons: ["Maintenance", "Sensor fault", "Known, being fixed", "Product change"], otherReason: "Another reason", reasonFirst: "Say the reason first", unshelve: "Back in service", out: "Take out of service", outSub: "admin only, no end",
  counts: (c: number, r: number, u: number, w: number) => `${c} confirmed, ${r} rejected, ${u} undecided, ${w} waiting`, week: "Verdicts of the last week", when: "Only while", thin: (n: number, rho: string) => `every ${n} samples plotted, autocorrelation ${rho}`,
  replay: "Try other thresholds on the stored history of a week", start: "Replay", again: "Replay again", cancel: "Cancel", running: (p: string) => `Replaying, ${p} %`, replayFailed: "The replay failed", cancelled: "Cancelled", field: "Value of",
  value: "Value", found: "Would flag", hits: "confirmed", misses: "rejected", unknown: "not judged", now: "now", proposed: "proposed", accept: "Let it hold", tuned: (field: string, v: string, was: string) => `${field} ${v}, was ${was}`, takeBack: "Take back", notTaken: "Not taken",
  recall: "Caught", missed: (n: number, of: number) => `${n} of ${of} sample checks missed`, budget: "Budget", wanted: (n: string, span: string) => `about ${n} in ${span}`, promised: (n: string) => `promised ${n}`, unfitted: "thresholds as configured until more is known", seen: (n: string, over: string) => `seen ${n} (over ${over})`, factor: (f: string) => `threshold × ${f} by the budget`,
};

export const rulesZh: typeof rulesEn = {
  title: "规则与检测器", note: "准确率、误报率、搁置", empty: "还没有规则监视信号", emptySub: "规则写在网关的配置里", failed: "规则没有取到",
  show: { all: "全部", noisy: "需关注", shelved: "已搁置" }, noneShown: "没有这样的规则", rule: "规则", signal: "信号", kind: "检测器", candidates: "已报", precision: "准确率", falseRate: "预计误报", state: "状态",
  asset: (a) => `${a} 全部信号`, interval: (low, high, n) => `${low}–${high} %，${n} 次判定`, unjudged: "还没有人判过", every: (span) => `约 ${span}一次`, unknownRate: "未知", observed: (signals, points) => `至今 ${points} 点中 ${signals} 次`,
  lastDay: (n) => `24 小时内 ${n}`, noisy: { chatters: "反复跳报", often: "报得远比其他规则多", wrong: "误报多于命中" }, open: "正在报", blocked: (tag) => `未判：${tag} 的值不可信`,
  service: { in_service: "在用", shelved: "已搁置", out_of_service: "已停用" }, until: (at) => `到 ${at}`, by: (by, at) => `${by}，${at}`,
  shelve: "搁置", hours: (h) => (h < 24 ? `${h} 小时` : `${h / 24} 天`), reason: "原因", reasons: ["检修", "传感器故障", "已知，处理中", "换产品"], otherReason: "其他原因", reasonFirst: "请先填原因", unshelve: "恢复使用", out: "停用", outSub: "仅管理员，无期限",
  counts: (c, r, u, w) => `确认 ${c}，否定 ${r}，未定 ${u}，待判 ${w}`, week: "最近一周的判定", when: "仅当", thin: (n, rho) => `每 ${n} 个样本取一点，自相关 ${rho}`,
  replay: "用存储的一周历史试其他阈值", start: "回放", again: "重新回放", cancel: "取消", running: (p) => `回放中 ${p} %`, replayFailed: "回放没有成功", cancelled: "已取消", field: "参数",
  value: "数值", found: "会报", hits: "确认", misses: "否定", unknown: "未判", now: "现用", proposed: "建议", accept: "采用", tuned: (field, v, was) => `${field} ${v}，原为 ${was}`, takeBack: "收回", notTaken: "没有接受",
  recall: "检出率", missed: (n, of) => `抽检 ${of} 件，漏 ${n} 件`, budget: "预算", wanted: (n, span) => `每 ${span}约 ${n} 个`, promised: (n) => `预计 ${n}`, unfitted: "数据不足，阈值按配置", seen: (n, over) => `实际 ${n}（${over}内）`, factor: (f) => `预算使阈值 × ${f}`,
};
