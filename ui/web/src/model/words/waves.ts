// Words of the frequencies of a signal.

export const wavesEn = {
  title: "Frequencies", how: { kept: "When flagged", spectrum: "Spectrum", envelope: "Envelope", spectrogram: "Spectrogram" }, signal: "Signal",
  keptAt: (at: string) => `kept at ${at}`, step: (df: string) => `Δf ${df} Hz`, ofEnvelope: "envelope", parts: "Parts of the machine",
  about: (window: number, windows: number, df: string) => `Hann, ${window} samples × ${windows}, Δf ${df} Hz`, band: (lo: string, hi: string) => `band ${lo}–${hi} Hz`, gram: (window: number) => `Hann, ${window} samples`,
  rate: (hz: string, span: string) => `${hz} Hz, ${span}`, cut: "middle part only", uneven: "samples missing inside", hz: "Hz", db: "dB", rms: "RMS",
  few: "Too few samples here for frequencies", fewSub: "Show or mark a longer stretch, at least 32 samples", failed: "The samples did not come", peaks: "Highest lines", reading: (hz: string, v: string) => `${hz} Hz · ${v}`, harmonics: "with harmonics",
};

export const wavesZh: typeof wavesEn = {
  title: "频率分析", how: { kept: "报警时", spectrum: "频谱", envelope: "包络谱", spectrogram: "时频图" }, signal: "信号",
  keptAt: (at) => `${at} 留存`, step: (df) => `Δf ${df} Hz`, ofEnvelope: "包络谱", parts: "部件频率",
  about: (window, windows, df) => `汉宁窗，${window} 点 × ${windows}，Δf ${df} Hz`, band: (lo, hi) => `频带 ${lo}–${hi} Hz`, gram: (window) => `汉宁窗，${window} 点`,
  rate: (hz, span) => `${hz} Hz，${span}`, cut: "仅中间部分", uneven: "中间有缺样", hz: "Hz", db: "dB", rms: "有效值",
  few: "这里样本太少，无法分析频率", fewSub: "请显示或标出更长的一段，至少 32 个样本", failed: "样本没有取到", peaks: "最高谱线", reading: (hz, v) => `${hz} Hz · ${v}`, harmonics: "含倍频",
};
