// Words of the figures about what was judged.

export const progressEn = {
  title: "Progress", note: "Defects, rate, own pace", period: "Period", hours: (h: number) => (h < 24 ? `${h} h` : `${h / 24} d`), station: "Station", any: "All",
  figure: { pareto: "Pareto", map: "Defect map", chart: "p-chart", mine: "My work" },
  inPeriod: "In the period", counted: (items: string, judged: string) => `${items} items, ${judged} judged`, older: "Only the newest 10 000 items of the period are counted", empty: "Nothing judged in this period", emptySub: "Choose a longer period or fewer filters", failed: "The figures did not come",
  pareto: "Defects by class", paretoAxis: "Items", cumulative: "Cumulative share", unclassed: "no class", rest: "Others", noDefects: "No item was NG in this period",
  map: (camera: string) => `Where defects are, camera ${camera}`, mapScale: (most: number) => `0 to ${most} regions`, regions: (n: number) => `${n} ${n === 1 ? "region" : "regions"}`, noRegions: "No region was marked in this period",
  chart: "Share of NG", mean: (p: string) => `mean ${p}`, limits: "control limits 3σ", outside: (n: number) => (n === 0 ? "no point outside the limits" : n === 1 ? "1 point outside the limits" : `${n} points outside the limits`), group: (from: string, bad: number, n: number) => `${from}: ${bad} of ${n} NG`,
  mine: { title: "My own work", sub: "Only you see this.", labels: "Judged", pace: "Per hour", paceSub: "pauses over 5 min not counted", median: "Median time", medianSub: (p95: string) => `95 % within ${p95}`, blind: "Blind agreement", blindSub: (n: number) => `${n} ${n === 1 ? "pair" : "pairs"} with another person`, kappa: "Cohen's κ", kappaSub: "1 = always alike, 0 = by chance", open: "Reviews that agreed", openSub: (n: number) => `of ${n} where the first label was seen`, none: "–" },
  save: "Save picture", png: "PNG", svg: "SVG", saved: (name: string) => `Saved ${name}`, saveFailed: "The picture could not be saved",
};

export const progressZh: typeof progressEn = {
  title: "进度与图表", note: "缺陷、不良率、本人效率", period: "时段", hours: (h) => (h < 24 ? `${h} 小时` : `${h / 24} 天`), station: "工位", any: "全部",
  figure: { pareto: "柏拉图", map: "缺陷分布", chart: "p 控制图", mine: "我的工作" },
  inPeriod: "时段内", counted: (items, judged) => `共 ${items} 项，已判 ${judged}`, older: "只统计该时段最新的 10 000 项", empty: "该时段没有判定", emptySub: "请选更长的时段或减少筛选", failed: "统计没有取到",
  pareto: "各类缺陷", paretoAxis: "项数", cumulative: "累计占比", unclassed: "未分类", rest: "其余", noDefects: "该时段没有不合格",
  map: (camera) => `缺陷位置，相机 ${camera}`, mapScale: (most) => `0 至 ${most} 处`, regions: (n) => `${n} 处标记`, noRegions: "该时段没有标记区域",
  chart: "不合格率", mean: (p) => `平均 ${p}`, limits: "控制限 3σ", outside: (n) => (n === 0 ? "没有点超出控制限" : `${n} 个点超出控制限`), group: (from, bad, n) => `${from}：${n} 项中 ${bad} 项不合格`,
  mine: { title: "本人的工作", sub: "仅本人可见。", labels: "已判", pace: "每小时", paceSub: "超过 5 分钟的停顿不计", median: "用时中位数", medianSub: (p95) => `95 % 不超过 ${p95}`, blind: "独立判定一致率", blindSub: (n) => `与他人 ${n} 对`, kappa: "Cohen κ", kappaSub: "1 为完全一致，0 为随机", open: "复核同意率", openSub: (n) => `看过初判的 ${n} 项`, none: "–" },
  save: "保存图片", png: "PNG", svg: "SVG", saved: (name) => `已保存 ${name}`, saveFailed: "图片没有保存",
};
