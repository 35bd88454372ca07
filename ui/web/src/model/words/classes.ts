// Words of the taxonomy editor beside the list of classes.

export const classesEn = {
  tab: { classes: "Classes", terms: "Fault terms", keys: "Keys", log: "Versions", packs: "Starter packs" }, color: "Colour", noColor: "no colour", become: "Merge or split", into: "Into…", keep: "stays", mergedInto: (to: string) => `merged into ${to}: exports follow`, splitInto: (to: string) => `split into ${to}: old labels stay as they are`, splitTo: (n: number) => `${n}, also…`,
  mergeHint: "Its labels stay readable; a merge is followed by exports and figures, a split is not", code: "Code", addTerm: "Add term", keysHint: "Function keys F1 to F12, each once. Classes with two-stroke keys are set in the list of classes.", keysFlaw: "Four different keys, F1 to F12",
  by: (name: string, when: string) => `${name}, ${when}`, first: "as it began", older: "Older", failed: "The versions did not come", nothing: "no change", use: "Add to ours", added: (n: number) => `${n} ${n === 1 ? "class" : "classes"} added; look, then save`, size: (classes: number, terms: number) => `${classes} ${classes === 1 ? "class" : "classes"}, ${terms} fault ${terms === 1 ? "term" : "terms"}`,
  change: { added: "added", retired: "retired", offered: "offered again", name: "renamed", hotkey: "key", color: "colour", limit: "limit", on: "used for", merged: "merged", split: "split", terms: "fault terms", keys: "verdict keys", order: "order" },
};

export const classesZh: typeof classesEn = {
  tab: { classes: "类别", terms: "故障用语", keys: "按键", log: "版本", packs: "入门包" }, color: "颜色", noColor: "无颜色", become: "合并或拆分", into: "并入…", keep: "保留", mergedInto: (to) => `已并入 ${to}，导出随之`, splitInto: (to) => `已拆为 ${to}，旧判定不变`, splitTo: (n) => `${n} 个，再选…`,
  mergeHint: "旧判定仍可读；合并时导出与图表随之，拆分则不随", code: "代码", addTerm: "新增用语", keysHint: "功能键 F1 至 F12，各用一次。双键类别在类别表中设置。", keysFlaw: "须是 F1 至 F12 中四个不同的键",
  by: (name, when) => `${name}，${when}`, first: "初始版本", older: "更早", failed: "版本没有取到", nothing: "没有变化", use: "加入本表", added: (n) => `已加入 ${n} 类，请看过再保存`, size: (classes, terms) => `${classes} 类，${terms} 条故障用语`,
  change: { added: "新增", retired: "停用", offered: "重新启用", name: "改名", hotkey: "改键", color: "改颜色", limit: "改限值", on: "改用途", merged: "合并", split: "拆分", terms: "故障用语", keys: "判定按键", order: "顺序" },
};
