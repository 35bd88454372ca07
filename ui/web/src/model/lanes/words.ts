/** Words of the lanes that the page's dictionary of stage words does not carry. */
export interface LaneWords {
  readonly addInterval: string;
  readonly addMoment: string;
}

const WORDS: Readonly<Record<"zh-CN" | "en", LaneWords>> = {
  en: { addInterval: "Interval", addMoment: "Moment" },
  "zh-CN": { addInterval: "区间", addMoment: "时刻" },
};

export const laneWords = (lang: "zh-CN" | "en"): LaneWords => WORDS[lang];
