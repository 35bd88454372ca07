// Words of finding places that look alike.

export const similarEn = {
  title: "Find similar", find: "Find similar", source: "Like this one", searching: "Searching the history", nothing: "Nothing to look for", nothingSub: "The item has no label yet, or its label marks nothing", flat: "What it marks cannot be compared: the signals do not change there, or the region is too small", failed: "The search did not come to an end", none: "Nothing alike was found",
  searched: (n: string, from: string) => `${n} places compared, back to ${from}`, partial: "time ran out; older history was not searched", hint: "Tap the places that are the same. Look at each: they are labelled under your name and marked as propagated.",
  all: "Accept all", clear: "None", give: (n: number, what: string) => (n === 0 ? "Nothing accepted yet" : `Label ${n} as ${what}`), accepted: "accepted", open: "not accepted", judged: (verdict: string) => `judged: ${verdict}`, distance: (d: string) => `distance ${d}`,
  done: (n: number, skipped: number) => `${n} labelled${skipped ? `, ${skipped} left out` : ""}`, undo: "Take all back", undone: "Taken back; they wait again", failedSave: "Not done",
};

export const similarZh: typeof similarEn = {
  title: "查找相似", find: "查找相似", source: "与此相似", searching: "正在搜索历史", nothing: "没有可查的", nothingSub: "该项还没有判定，或判定没有标记", flat: "标记处无法比较：信号没有变化，或区域太小", failed: "搜索没有完成", none: "没有找到相似的",
  searched: (n, from) => `比较了 ${n} 处，回溯到 ${from}`, partial: "时间已到，更早的历史没有搜索", hint: "请逐个看过，点选相同的。它们将以您的名义标注，并注明为传播标注。",
  all: "全部采纳", clear: "全不选", give: (n, what) => (n === 0 ? "尚未采纳" : `将 ${n} 处标为${what}`), accepted: "已采纳", open: "未采纳", judged: (verdict) => `已判：${verdict}`, distance: (d) => `距离 ${d}`,
  done: (n, skipped) => `已标注 ${n} 处${skipped ? `，跳过 ${skipped} 处` : ""}`, undo: "全部收回", undone: "已收回，重新待判", failedSave: "没有完成",
};
