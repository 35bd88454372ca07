// Words of the panel that locked itself.

export const lockEn = {
  title: "Locked", who: (name: string) => `${name} was here`, pin: "PIN", noPin: "Hold your badge to the scanner, or sign in", hint: "PIN of 4 to 6 digits, or a badge", open: "Unlock", clear: "Clear", other: "Somebody else", now: "Lock now",
  wrong: "The PIN is wrong", wait: "Too many tries: wait, or sign in", away: "The gateway does not answer. The panel opens once it is back.", failed: "Not unlocked",
  after: "Lock after", never: "never", minutes: (n: number) => `${n} min`, mine: "My PIN", set: "Set", remove: "Remove", saved: "Saved", removed: "Removed", refused: "Want 4 to 6 digits", placeholder: "4 to 6 digits", isSet: "set", notSet: "not set",
};

export const lockZh: typeof lockEn = {
  title: "已锁屏", who: (name) => `上次使用：${name}`, pin: "PIN", noPin: "请刷工牌，或重新登录", hint: "输入 4 至 6 位 PIN，或刷工牌", open: "解锁", clear: "清除", other: "换人", now: "立即锁屏",
  wrong: "PIN 不对", wait: "试的次数太多，请稍等或重新登录", away: "网关没有应答，恢复后即可解锁。", failed: "没有解锁",
  after: "自动锁屏", never: "从不", minutes: (n) => `${n} 分钟`, mine: "我的 PIN", set: "设定", remove: "取消", saved: "已设定", removed: "已取消", refused: "须为 4 至 6 位数字", placeholder: "4 至 6 位数字", isSet: "已设", notSet: "未设",
};
