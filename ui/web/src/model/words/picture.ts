// Words of what is done on and with a picture beside drawing on it.

export const pictureEn = {
  edit: { all: "Edit the region", done: "Done", copy: "Copy", paste: "Paste", front: "Forward", behind: "Backward", pasteHere: "Paste here" },
  redo: "Step again", snap: "Hold on to edges", save: "Save picture", zero: "Zero here", clearZero: "Zero off",
  point: (n: number, of: number) => `Point ${n} of ${of}`, whole: "Move it",
  aligned: (dx: string, dy: string) => `moved by ${dx}, ${dy} px to fit`, apart: "does not fit this picture",
  link: { add: (n: number) => `Link with ${n}`, drop: (n: number) => `Linked with ${n}: take apart`, with: (ns: string) => `with ${ns}` },
  board: {
    ruler: "Ruler", board: "Checkerboard", square: "One square", find: "Find", finding: "Looking for the board", size: (columns: number, rows: number) => `${columns} × ${rows} corners`, spread: (percent: string) => `squares differ by ${percent} %`,
    datum: "Zero and x axis of the part", datumHint: "The part's zero is where the ruler begins, its x axis along it",
    hint: "Lay the board flat where the parts lie, and open its picture", failed: "The gateway did not answer",
    refused: {
      none: "No checkerboard found", few: "Too few whole squares; want at least 4 × 4", blurred: "The picture is blurred", faint: "Black and white are too alike", clipped: "The picture is overexposed", tilted: "The board is tilted; lay it flat", uneven: "The squares are uneven: a bent board, or a lens that distorts", small: "The squares are too small on the picture",
    } as Record<string, string>,
  },
};

export const pictureZh: typeof pictureEn = {
  edit: { all: "编辑区域", done: "完成", copy: "复制", paste: "粘贴", front: "上移一层", behind: "下移一层", pasteHere: "粘贴到此" },
  redo: "重做一步", snap: "吸附到边", save: "保存图片", zero: "此处为零", clearZero: "取消零点",
  point: (n, of) => `第 ${n} 点，共 ${of} 点`, whole: "整体移动",
  aligned: (dx, dy) => `已平移 ${dx}, ${dy} px 对齐`, apart: "与此图像对不上",
  link: { add: (n) => `与 ${n} 相连`, drop: (n) => `已与 ${n} 相连，点此断开`, with: (ns) => `与 ${ns} 相连` },
  board: {
    ruler: "标尺", board: "棋盘格", square: "每格边长", find: "查找", finding: "正在查找棋盘格", size: (columns, rows) => `${columns} × ${rows} 个角点`, spread: (percent) => `各格相差 ${percent} %`,
    datum: "工件零点与 X 轴", datumHint: "标尺起点为工件零点，标尺方向为 X 轴",
    hint: "把棋盘格平放在工件的位置，打开它的图像", failed: "网关没有应答",
    refused: {
      none: "没有找到棋盘格", few: "完整的格子太少，至少要 4 × 4", blurred: "图像模糊", faint: "黑白差别太小", clipped: "图像过曝", tilted: "棋盘格倾斜，请放平", uneven: "格子大小不一：板弯了，或镜头有畸变", small: "格子在图像上太小",
    },
  },
};
