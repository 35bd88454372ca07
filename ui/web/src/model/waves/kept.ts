// The spectrum that was kept with a candidate, to be read like one that is reckoned here.

import type { Candidate, KeptSpectrum } from "../types";
import type { Shown } from "./desk";

/** The one kept with the candidate that is selected, else with the most certain that has one. */
export const keptOf = (candidates: readonly Candidate[], selected: string | null): KeptSpectrum | undefined => {
  const having = candidates.filter((c) => c.spectrum).sort((a, b) => b.score - a.score);
  return (having.find((c) => c.id === selected) ?? having[0])?.spectrum;
};

/** Kept are peaks; a sine's peak over √2 is its root mean square, which the reckoned spectra show. */
export const shownOf = (kept: KeptSpectrum): Shown => {
  const rms = Float64Array.from(kept.amplitude, (a) => a / Math.SQRT2);
  return { unit: kept.unit ?? "", rate: 2 * kept.step * rms.length, span: { from: 0, to: 0 }, cut: false, uneven: false, spectrum: { step: kept.step, rms, window: 0, windows: 0 }, kept };
};
