/** Words of the lanes that the page's dictionary of stage words does not carry. */
export interface LaneWords {
  readonly addInterval: string;
  readonly addMoment: string;
  readonly together: string;
  readonly snap: string;
  readonly compare: string;
  readonly spectra: string;
  readonly short: { readonly together: string; readonly snap: string; readonly compare: string };
}

const WORDS: Readonly<Record<"zh-CN" | "en", LaneWords>> = {
  en: { addInterval: "Interval", addMoment: "Moment", together: "All over one another", snap: "Edges jump to the change", compare: "Compare with a normal stretch", spectra: "Frequencies", short: { together: "Overlay", snap: "Snap", compare: "Normal" } },
  "zh-CN": { addInterval: "区间", addMoment: "时刻", together: "叠在一起显示", snap: "边界吸附到变化点", compare: "与正常段对比", spectra: "频谱", short: { together: "叠放", snap: "吸附", compare: "对比" } },
};

export const laneWords = (lang: "zh-CN" | "en"): LaneWords => WORDS[lang];
