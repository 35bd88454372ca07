// Words of limit pictures, of what a class asks about its regions, and of kinds of equipment.

export const limitsEn = {
  title: "Limit pictures", kind: { good: "Good", borderline: "Borderline", bad: "Bad" }, gone: "The picture was dropped for space", choose: "Choose", other: "Another", note: "Why",
  none: { good: "No part was judged OK yet", borderline: "No part has this class yet", bad: "No part has this class yet" },
  attributes: "Attributes", addAttribute: "Add attribute", answers: "answers", answersHint: "one a line: felt = 可触及 / Can be felt", details: "Limit pictures and attributes", flaw: "An attribute lacks a name or its answers",
  equipment: "Equipment", equipmentHint: "kinds, commas between; empty is all", allTerms: "Show all", fitting: (kind: string) => `for ${kind}`, assets: "Kind of equipment of each asset", kindOf: (asset: string) => `Kind of ${asset}`,
};

export const limitsZh: typeof limitsEn = {
  title: "限度样本", kind: { good: "良品", borderline: "临界", bad: "不良" }, gone: "图像已因空间清理", choose: "选择", other: "换一张", note: "说明",
  none: { good: "还没有判为合格的零件", borderline: "还没有判为该类的零件", bad: "还没有判为该类的零件" },
  attributes: "属性", addAttribute: "新增属性", answers: "选项", answersHint: "每行一项：felt = 可触及 / Can be felt", details: "限度样本与属性", flaw: "有属性缺名称或选项",
  equipment: "设备类型", equipmentHint: "多个用逗号隔开，留空为全部", allTerms: "显示全部", fitting: (kind) => `适用于 ${kind}`, assets: "各设备的类型", kindOf: (asset) => `${asset} 的类型`,
};
