// Words of the second look at labels.

export const reviewEn = {
  title: "Second look", note: "Labels of others", due: (n: number) => `To review ${n}`, disputed: (n: number) => `Opinions differ ${n}`, empty: "Nothing waits for you", emptySub: "What you judged yourself goes to others", failed: "The list did not come", more: "Only the newest are shown",
  first: "First opinion", second: "Second opinion", blind: "Second opinion: judge as if nobody had looked before", open: (said: string) => `First opinion: ${said}. Press the same key to agree, another to correct.`, settle: "Two opinions differ. Your verdict counts.", hidden: "First opinion hidden",
  sendBack: "Send back", sendBackSub: "to the first person", cancel: "Cancel", whyBack: "Why send it back?", reasons: ["Wrong class", "Marked in the wrong place", "Something was missed", "Picture or signal is unclear"],
  take: (which: string) => `${which} counts`, own: "Judge it myself", differ: "They differ in", verdict: "verdict", classes: "class", where: "what is marked", agree: "agrees", back: "Back",
  state: { agreed: "two agree", corrected: "corrected", sent_back: "sent back", disputed: "opinions differ", adjudicated: "settled" },
};

export const reviewZh: typeof reviewEn = {
  title: "复核", note: "他人的判定", due: (n) => `待复核 ${n}`, disputed: (n) => `意见不一 ${n}`, empty: "没有等您复核的", emptySub: "您自己判的由他人复核", failed: "列表没有取到", more: "只显示最新的",
  first: "第一意见", second: "第二意见", blind: "第二意见：请独立判定", open: (said) => `第一意见：${said}。按同样的键表示同意，按别的键改判。`, settle: "两份意见不一，以您的判定为准。", hidden: "第一意见已隐藏",
  sendBack: "退回", sendBackSub: "请初判人重看", cancel: "取消", whyBack: "为什么退回？", reasons: ["类别不对", "标记位置不对", "有遗漏", "图片或信号不清楚"],
  take: (which) => `以${which}为准`, own: "我来判", differ: "不同之处", verdict: "判定", classes: "类别", where: "标记", agree: "一致", back: "返回",
  state: { agreed: "两人一致", corrected: "已改判", sent_back: "已退回", disputed: "意见不一", adjudicated: "已裁定" },
};
