import { lagOf } from "./align";
import { changeNear, type Near } from "./change";
import { envelopeOf } from "./envelope";
import { spectrogramOf, spectrumOf, type Spectrogram, type Spectrum } from "./spectrum";

/** What the page asks its worker about numbers of signals. rate is in Hz. */
export type Question =
  | { readonly ask: "change"; readonly signals: readonly Near[]; readonly at: number; readonly reach: number }
  | { readonly ask: "lag"; readonly rows: readonly (readonly [Float64Array, Float64Array])[]; readonly most: number }
  | { readonly ask: "spectrum" | "envelope"; readonly v: Float64Array; readonly rate: number }
  | { readonly ask: "spectrogram"; readonly v: Float64Array; readonly rate: number };

export interface Answer {
  readonly id: number;
  readonly at?: number; // of change: ms; of lag: entries
  readonly spectrum?: Spectrum;
  readonly spectrogram?: Spectrogram;
}

export function answer(id: number, q: Question): Answer {
  switch (q.ask) {
    case "change": {
      const at = changeNear(q.signals, q.at, q.reach);
      return at === undefined ? { id } : { id, at };
    }
    case "lag":
      return { id, at: lagOf(q.rows, q.most) };
    case "spectrogram":
      return { id, spectrogram: spectrogramOf(q.v, q.rate) };
    default:
      return { id, spectrum: spectrumOf(q.ask === "envelope" ? envelopeOf(q.v) : q.v, q.rate) };
  }
}
