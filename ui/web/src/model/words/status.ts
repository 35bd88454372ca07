// Words of the status screen: what is wrong, where, and what to do.

const s = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

export const statusEn = {
  title: "Status", gateway: "Gateway", version: "Version", allWell: "Everything runs", allWellSub: "Sources deliver, uploads go out, the disk has room.", problems: (n: number) => s(n, "problem"), furtherProblems: (n: number) => `and ${n} more`,
  sources: "Sources", name: "Name", kind: "Protocol", last: "Last", total: "Received", rejected: "Refused", gaps: "Gaps", state: { up: "runs", connecting: "connecting", waiting: "waiting", starting: "starting", stopped: "stopped" } as Record<string, string>,
  queue: "Queue", open: "To judge", labeled: "Judged", unsynced: "To upload", oldest: "Oldest",
  targets: "Upload", noTargets: "No upload target is set", pending: (n: number) => `${n} waiting`, lastSync: (ago: string) => `last ${ago} ago`, never: "never yet", target: { idle: "up to date", uploading: "uploading", waiting: "waiting" } as Record<string, string>,
  disk: "Disk", diskOf: (used: string, total: string) => `${used} of ${total}`, budget: (b: string) => `of ${b}`, free: "Free", evicted: (n: number) => (n === 0 ? "nothing dropped for space" : `${s(n, "item")} dropped for space`), classes: { images: "Images", windows: "Signal windows", series: "Raw history", index: "Index and labels", journal: "Journal", quarantine: "Damaged files set aside" } as Record<string, string>,
  rate: "Rate", perSecond: (n: string) => `${n}/s`, clock: "Clock", clockBy: (by: string, ahead: boolean) => `${ahead ? "+" : "−"}${by}`,
  backlog: "Waiting", sent: "Speed", age: "Oldest", ends: "Done in", closed: "timetable: closed now", stalled: "no end in sight", above: (n: number) => `${s(n, "entry", "entries")} above the clearance withheld`, lanes: { labels: "labels", items: "items", windows: "windows", records: "records" } as Record<string, string>,
  asked: (ago: string) => `asked ${ago} ago`, unasked: "not asked yet", onTrial: (at: string, left: string) => `A change is on trial until ${at}, ${left} to go.`, noTrial: "Nothing is on trial.", rolledBack: (n: number) => `${s(n, "trial")} ended by the gateway since its start.`,
  drill: "Drill", drillWhole: "The line to the centre is whole", drillCut: (left: string) => `The line is cut for a drill, ${left} to go`, drillStart: (minutes: number) => `Cut for ${minutes} min`, drillMend: "Make it whole now", drillFailed: "The line was not changed",
  drillResult: (most: number, left: number) => (left === 0 ? `At most ${most} waited; all of it is at the centre` : `At most ${most} waited, ${left} wait still`),
  candidates: "Candidates", asset: "Asset", wanted: "Wanted", promised: "Promised", observed: "Seen", per: (n: string, span: string) => `${n} in ${span}`,
  failed: "The status did not come", noSources: "No sources are configured", since: (clock: string, ago: string) => `since ${clock}, ${ago}`, kinds: { opcua: "OPC UA", mqtt: "MQTT", camera: "Camera", s3: "S3", file: "Folder", postgres: "PostgreSQL", control: "Word from the centre" } as Record<string, string>,
  fault: {
    sourceDown: (name: string) => `${name} does not deliver`, sourceDownTodo: { opcua: "Check the server's power and network cable; the agent keeps trying.", mqtt: "Check that the broker runs and its cable; the agent keeps trying.", camera: "Check the camera's power and cable; buffered pictures arrive later." } as Record<string, string>,
    sourceProblem: (name: string) => `${name} reports a problem`, sourceProblemTodo: "The rest of the source goes on. Correct the entry in the configuration.",
    targetDown: (name: string) => `Upload to ${name} waits`, targetDownTodo: "Labels stay on this gateway and go out later by themselves. Check the line and the access key.",
    centreDown: "The centre does not answer", centreDownTodo: "Classes and rules stay as they are. Check the line and the access key.",
    diskLow: (free: string) => `Only ${free} of disk free`, diskLowTodo: "Old raw history is dropped first; labels never. Make room or enlarge the budget.",
    diskFull: "The disk is full", diskFullTodo: "Labels are still taken; new samples and pictures are turned away until there is room. Free some space now.",
    clock: (name: string, by: string, ahead: boolean) => `The clock of ${name} is ${by} ${ahead ? "ahead" : "behind"}`, clockTodo: "Data is kept and placed by the time of receipt. Turn on NTP in the device.",
    away: "The gateway does not answer", awayTodo: "Check its power and the network cable. Labels on this panel are kept.", retry: (t: string) => ` Next try in ${t}.`,
  },
};

export const statusZh: typeof statusEn = {
  title: "状态", gateway: "网关", version: "版本", allWell: "一切正常", allWellSub: "数据源在送数，上传通畅，磁盘够用。", problems: (n) => `${n} 个问题`, furtherProblems: (n) => `另有 ${n} 个`,
  sources: "数据源", name: "名称", kind: "协议", last: "最近", total: "已收", rejected: "拒收", gaps: "缺口", state: { up: "运行", connecting: "连接中", waiting: "等待重试", starting: "启动中", stopped: "已停" },
  queue: "队列", open: "待判", labeled: "已判", unsynced: "待上传", oldest: "最旧",
  targets: "上传", noTargets: "没有配置上传目标", pending: (n) => `待传 ${n}`, lastSync: (ago) => `${ago}前传过`, never: "尚未上传", target: { idle: "已传完", uploading: "上传中", waiting: "等待重试" },
  disk: "磁盘", diskOf: (used, total) => `${used} / ${total}`, budget: (b) => `/ ${b}`, free: "剩余", evicted: (n) => (n === 0 ? "没有因空间删除" : `因空间已清理 ${n} 项`), classes: { images: "图像", windows: "信号窗", series: "原始历史", index: "索引与判定", journal: "同步日志", quarantine: "隔离的损坏文件" },
  rate: "速率", perSecond: (n) => `${n}/秒`, clock: "时钟", clockBy: (by, ahead) => `${ahead ? "+" : "−"}${by}`,
  backlog: "待传", sent: "上传速率", age: "最旧", ends: "预计完成", closed: "不在上传时段", stalled: "无法估计", above: (n) => `高于授权等级，留置 ${n} 项`, lanes: { labels: "判定", items: "待判项", windows: "信号窗", records: "记录" },
  asked: (ago) => `${ago}前问过`, unasked: "还没有问过", onTrial: (at, left) => `有改动试用到 ${at}，还剩 ${left}。`, noTrial: "没有试用中的改动。", rolledBack: (n) => `启动以来网关已回退 ${n} 次试用。`,
  drill: "断线演练", drillWhole: "到中心的线路通畅", drillCut: (left) => `线路已为演练切断，还剩 ${left}`, drillStart: (minutes) => `切断 ${minutes} 分钟`, drillMend: "立即恢复", drillFailed: "线路没有改动",
  drillResult: (most, left) => (left === 0 ? `最多积压 ${most} 项，已全部到达中心` : `最多积压 ${most} 项，还剩 ${left} 项`),
  candidates: "候选数量", asset: "设备", wanted: "预算", promised: "预计", observed: "实际", per: (n, span) => `${n} / ${span}`,
  failed: "状态没有取到", noSources: "没有配置数据源", since: (clock, ago) => `${clock} 起，${ago}`, kinds: { opcua: "OPC UA", mqtt: "MQTT", camera: "相机", s3: "S3", file: "文件夹", postgres: "PostgreSQL", control: "中心下发" },
  fault: {
    sourceDown: (name) => `${name} 没有数据`, sourceDownTodo: { opcua: "请查服务器电源和网线，程序会一直重连。", mqtt: "请查消息服务器是否在运行、网线是否接好，程序会一直重连。", camera: "请查相机电源和网线，相机缓存的图像之后会补传。" },
    sourceProblem: (name) => `${name} 有一处异常`, sourceProblemTodo: "其余照常采集。请在配置里改正这一项。",
    targetDown: (name) => `到 ${name} 的上传在等待`, targetDownTodo: "判定都留在本机，恢复后自动补传。请查线路和访问密钥。",
    centreDown: "中心没有应答", centreDownTodo: "类别和规则保持现状。请查线路和访问密钥。",
    diskLow: (free) => `磁盘只剩 ${free}`, diskLowTodo: "先清理最旧的原始历史，判定从不删除。请腾出空间或加大预算。",
    diskFull: "磁盘已满", diskFullTodo: "判定照常保存；新的样本和图像在腾出空间之前不收。请立即腾出空间。",
    clock: (name, by, ahead) => `${name} 的时钟${ahead ? "快" : "慢"} ${by}`, clockTodo: "数据照收，按接收时间对齐。请在设备上开启 NTP 校时。",
    away: "网关没有应答", awayTodo: "请查网关电源和网线。本机上的判定都保留着。", retry: (t) => `${t}后再试。`,
  },
};
