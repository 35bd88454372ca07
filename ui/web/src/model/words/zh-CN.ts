// 页面全部中文。键与参数须与 en.ts 一致（由类型检查保证）。

import type { Words } from "./en";
import { classesZh } from "./classes";
import { pictureZh } from "./picture";
import { limitsZh } from "./limits";
import { lockZh } from "./lock";
import { progressZh } from "./progress";
import { reviewZh } from "./review";
import { rulesZh } from "./rules";
import { similarZh } from "./similar";
import { statusZh } from "./status";
import { wavesZh } from "./waves";

export const zh: Words = {
  lang: "中文",
  brand: "edgelabel",

  menu: "菜单", close: "关闭", back: "返回", retry: "再试", skip: "跳过", part: "零件", serial: "序列号", asset: "设备", camera: "相机", signals: "信号", line: "产线",
  queue: "待判", item: "项", more: "其他…", fewer: "返回", none: "无", unknown: "未知",
  simulated: "模拟数据", partial: "仍在采集",

  verdict: { ok: "合格", not_ok: "不合格", not_decidable: "无法判定", undefined: "未判" },
  sub: {
    ok: "OK", okSignal: "正常，无故障", nd: "交给复核", ng: "NG", ngSignal: "有故障", machineNg: "机器也判不合格", again: "再按一次：不选缺陷", pickClass: "请点缺陷类别",
    proposed: (name) => `采纳建议：${name}`, flagged: (n) => (n === 1 ? "采纳候选" : `采纳全部 ${n} 个候选`), marked: (n) => `${n} 处标记`,
  },
  undo: "撤销", undoWhat: (title, verdict) => `${title} ${verdict}`, nothingToUndo: "没有可撤销的", next: "下一件", previous: "上一件", skipHint: "先不判",
  user: { switch: "换人", labeler: "检验员", reviewer: "复核员", admin: "管理员" },
  pace: (_n, seconds) => (seconds ? `${seconds} 秒/件` : "本次"), judged: (n) => `已判 ${n}`,

  save: {
    idle: "就绪", idleSub: "没有待保存的", saving: "正在保存", saved: "已保存", savedSub: "已写入网关磁盘",
    unsynced: (n, oldest) => (oldest ? `待上传 ${n}，最旧 ${oldest}` : `待上传 ${n}`),
    kept: "已存本机", keptAway: (n) => `网关断开，${n} 件待送`, keptSignin: (n) => `登录后送出 ${n} 件`, keptBusy: (n) => `网关忙，${n} 件待送`,
    unsafe: "请勿关闭本页", clash: (title) => `${title} 有两份判定`, clashSub: "两份都在，点此比较",
    lost: (title) => `${title} 没有存上`, full: "网关磁盘已满，判定留在本机", refused: "点此看原因",
  },
  away: { title: "网关断开", sub: "可继续判，不会丢", text: "本机上已有的零件可继续判，不会丢。网关恢复后自动送出。" },

  tool: { pan: "移动", box: "画框", rotated_box: "斜框", polygon: "多边形", wire: "沿边线", polyline: "折线", point: "点", brush: "画笔", erase: "橡皮", cutout: "框选涂色", grow: "点选涂色", measure: "量尺", remove: "删除", boxes: "框", lines: "轮廓", masks: "涂色", back: "工具", all: "绘图工具" },
  toolHint: {
    box: "拖出方框，或点两个对角", rotated_box: "从一端拖到另一端，再拉边柄定宽", polygon: "依次点各点，点回起点闭合", wire: "沿边缘依次点，线会贴边；点回起点闭合",
    polyline: "依次点各点，末点再点一下结束", point: "点出位置", brush: "涂抹；两指张合改笔粗", erase: "擦去涂多的部分", cutout: "框住缺陷，自动涂出", grow: "点缺陷中间，自动涂出", measure: "点两个点",
  },
  stage: {
    picture: (camera, part) => `${part} 的图像，相机 ${camera}`, proposal: (name, score) => `建议：${name} ${score}`, unclassed: "未分类",
    notCalibrated: "未标定", fit: "适合窗口", zoomIn: "放大", zoomOut: "缩小", remove: "删除", done: "完成", undo: "退一步", brush: "画笔粗细", thinner: "细一点", thicker: "粗一点", area: (a) => `${a} mm²`,
    handle: { top: "上边柄", bottom: "下边柄", left: "左边柄", right: "右边柄", corner: "角柄", turn: "旋转柄" },
    loading: (title) => `正在取图 ${title}`, broken: "这张图打不开", brokenSub: "可以再试、判“无法判定”，或跳过",
  },
  look: {
    tone: "显示", compare: "对比", fit: "自动", invert: "反相", even: "局部增强", heat: "伪彩", reset: "还原", dark: "黑场", bright: "白场", loading: "正在读取像素值",
    side: "并排", blink: "闪烁", wipe: "拉帘", how: "对比方式", edge: "分界位置", good: "良品", part: "本件", choose: "换一件", pick: "为这台相机选一件良品", keep: "不换", none: "这台相机还没有判为 OK 的零件", failed: "良品图像没有取到",
    reference: "相机的参考图", chosen: (name, at) => `${name} 选定，${at}`,
  },
  scale: { known: "已知长度", unit: "毫米/像素", save: "标定", saved: "已保存，对之后到的图像生效", failed: "没有存上", configured: "来自配置", since: (date, by) => `${date} 起，${by} 标定` },
  why: { none: "检测器没有提示", by: (rule) => rule, taken: "已有判定", manual: (name) => `${name} 要求判定`, previous: (verdict, name) => `${name} 已判${verdict}。新的判定会并存，不覆盖。` },
  claimed: (name) => `${name} 也正在看这一件`,
  side: {
    proposed: "建议", confirmed: "已确认", drawn: "人工画", nothing: "没有标记", nothingSub: "可在缺陷处画框，也可直接判定",
    guess: (name, score) => `建议：${name} ${score}`, over: (limit, by) => `限值 ${limit} mm，超 ${by}`, under: (limit, by) => `限值 ${limit} mm，低 ${by}`, noLimit: "未设限值", width: (w) => `宽 ${w} mm`, area: (a) => `${a} mm²`, classes: "缺陷类别", size: "尺寸",
  },
  lanes: {
    title: "信号", lane: (name, unit) => (unit ? `${name}（${unit}）：属于该区间` : `${name}：属于该区间`), image: (at) => `图像 ${at}`, noData: "无数据", peakHint: "区间内峰值",
    handle: { from: "起点", to: "终点" }, interval: (n) => `区间 ${n}`, unclassed: "区间", fit: "整个窗口", zoomIn: "放大", zoomOut: "缩小", remove: "删除",
    loading: "正在取信号", broken: "信号没有取到", normal: (at, by) => `灰绿：正常段，${at}${by ? `，${by} 判合格` : ""}`, noNormal: "这些信号还没有判为合格的段", normalFailed: "正常段没有取到",
    gap: { disconnected: "断线", silent: "源无声", overflow: "丢样", shutdown: "采集停", corrupt: "读不出" },
  },
  fault: {
    title: "故障", hint: "均可不填", class: "类别", mode: "失效模式", mechanism: "失效机理", cause: "原因", confidence: "把握", note: "备注", notSaid: "未填", notePlaceholder: "备注：现场看到的情况", workOrder: "工单号",
    sure: { 1: "猜测", 2: "较可能", 3: "已拆检" }, onset: "起点", end: "终点",
  },
  joint: {
    title: "发现", one: "同一原因", oneSub: "图像与信号相连", nothing: "还没有发现", nothingSub: "在图上画框，或点信号道", signals: (n) => `${n} 路信号`, pickClass: "给这处发现选类别",
    imageFlagged: "图像可疑", signalFlagged: "信号可疑",
  },
  done: {
    title: "都判完了", sub: "新的零件会自动出现在这里", count: (n) => `本次已判 ${n} 件`, history: "查看已判记录", loading: "正在取待判列表", failed: "待判列表没有取到",
  },

  signin: {
    title: "登录", badge: "也可用扫码枪扫工牌", user: "用户名", password: "密码", go: "登录", busy: "正在登录…", show: "显示密码", hide: "隐藏密码",
    expired: "登录已过期。已判的都保留在本机。", left: "已退出。", waiting: (n) => `本机还有 ${n} 条判定，等本人登录后送出`,
    trouble: { wrong: "用户名或密码不对。", too_many: "试的次数太多，请等一分钟再试。", away: "网关没有应答。请查网关电源和网线。", token: "这个链接已用过或已过期，请用用户名和密码登录。", other: "网关没能完成，请联系工厂 IT。" },
    facts: ["显示“已保存”，就已写入网关磁盘。", "没有外网也能用，数据不出本厂网络。", "每条判定都记名，只追加，不覆盖。"], tagline: "在产线旁标注",
  },

  nav: { queue: "判定", timeline: "时间轴", history: "已判记录", status: "状态", language: "语言", theme: "配色", system: "跟随系统", light: "浅色", dark: "深色", contrast: "高对比", text: "字号", signOut: "退出登录", calibrate: "触控尺寸", show: "显示", all: "全部", images: "图像", windows: "信号", joints: "联合", order: "顺序", oldest: "先旧后新", newest: "先新后旧", calibrateHint: "把银行卡贴在屏上，调到横条与卡同长", diagonal: "或输入对角线（英寸）", calibrated: (inches) => `按本屏 ${inches} 英寸，按键为实际大小`, card: "银行卡，85.6 mm", smaller: "缩短", larger: "加长", automatic: "自动" },
  classes: {
    title: "类别", revision: (n) => `第 ${n} 版`, zh: "中文名", en: "英文名", key: "键", on: "用于", image: "图像", signal: "信号", both: "都用", limit: "限值 mm", retire: "停用", retired: "已停用", up: "上移", down: "下移", drop: "收回",
    add: "新增类别", id: "编号", idHint: "编号：小写字母、数字、点、横线，定后不改", save: "保存，全线生效", discard: "放弃", saved: (n) => `已存为第 ${n} 版`, changed: "尚未保存", same: "与网关一致",
    conflict: "别人刚改过类别。两边的修改都已列出，请看过再保存。", failed: "没有存上", flaw: { name: "中英文名都要填", key: "一到两位数字或字母", twice: "这个键已被占用" },
  },
  queuelist: {
    title: "待判队列", note: "筛选、排序、谁在判", narrowed: "已筛选", suspect: "最可疑在前", teaching: "最有用在前", any: "全部", clear: "显示全部", mine: "我本次已判", waiting: "待判", empty: "没有符合的待判项",
    proposed: "建议类别", waits: "已等", group: "分组", groups: { line: "产线", station: "工位", camera: "相机", asset: "设备", kind: "类型", class: "建议类别" }, ages: { hour: "1 小时内", shift: "8 小时内", older: "超过 8 小时", yesterday: "超过 24 小时" }, noGroup: "未归类", emptySub: "可显示全部，或换个筛选条件", score: "可疑度", age: (span) => `已等 ${span}`, busy: (name) => `${name} 正在判`, here: "正在本机", failed: "待判列表没有取到",
  },
  timeline: {
    title: "时间轴", note: "一台设备的信号，几小时到几天", range: "时段", earlier: "往前", later: "往后", newest: "最新", noAsset: "其他信号",
    spans: ["15 分", "1 小时", "8 小时", "1 天", "3 天", "7 天"], spanLabel: "显示多长时间", next: "下一个", nextCandidate: "下一个候选", previousCandidate: "上一个候选",
    candidates: "候选", open: (n, judged) => `${n} 待判，${judged} 已判`, empty: "这段时间没有候选", more: "只显示最新的一部分",
    missed: "有漏检？", missedHint: "在左边勾选相关信号，按“区间”，再拖过故障段；也可点一下，再拉两端。",
    nothing: "没有配置信号", nothingSub: "数据源送来数值后，这里会显示", loading: "正在读取历史", broken: "历史没有取到",
    interval: "新区间", onset: "起点", end: "终点", length: (span) => `终点，${span}`, signals: (n) => `${n} 路信号`, discard: "放弃", save: "保存故障", saving: "正在保存",
    failed: "还没有存上", failedTodo: (why) => `${why}。内容留在本机，请再试。`, made: "已存为新的一项", madeSub: "已显示在上方条带里。",
    item: "候选", judged: "已判", score: "可疑度", by: "判定人", judge: "去判定", again: "重新判定", busy: (name) => `${name} 正在看`,
  },
  history: { title: "已判记录", verdict: "判定", class: "类别", kind: "类型", any: "全部", none: "还没有判定", noneSub: "判过的零件会列在这里，最新的在前", empty: "没有符合的记录", emptySub: "换个筛选条件看看", more: "再显示一些", revisions: (n) => `${n} 版`, synced: "已上传", unsynced: "待上传", by: "判定人", when: "时间", failed: "列表没有取到", again: "重新判定", },
  taxonomy: classesZh,
  review: reviewZh,
  picture: pictureZh,
  progress: progressZh,
  waves: wavesZh,
  rules: rulesZh,
  similar: similarZh,
  clash: { title: (title) => `${title} 有两个人判了`, sub: "两份判定都在网关上，以您的为最新；不需要改就不用动。", mine: "您的", theirs: (name) => name, keep: "两份都留", open: "再看一眼零件", refusedTitle: (title) => `${title} 没有存上`, refusedSub: "网关不接受这条判定。请重新判这一件，或丢弃这条。", drop: "丢弃这条", regions: (n) => `${n} 处标记`, noRegions: "没有标记" },

  status: statusZh,
  lock: lockZh,
  limits: limitsZh,
  problem: { away: "网关没有应答", unauthorized: "请先登录", forbidden: "您没有这个权限", not_found: "已经不在了", invalid: "不被接受", conflict: "别人先改了", full: "网关磁盘已满", too_large: "太大了", rate_limited: "请求太多", internal: "网关内部出错", garbled: "应答看不懂" },
  detector: { limit: "超限", stuck: "数值不变", missing: "缺数据", rate: "变化过快", robust_z: "数值异常", machine_result: "相机自身判定", sample: "抽检", deviation: "偏离目标", expression: "表达式", spc: "控制图", novelty: "从未见过", shape: "形状异常", multivariate: "信号不协调", golden: "与良品不同", texture: "表面异常", model: "模型提议", change: "水平变化", focus: "图像模糊", exposure: "曝光异常", duplicate: "图像重复", import: "数据集导入", person: "人工标出" },
};
