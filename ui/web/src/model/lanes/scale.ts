/** The range of values that a lane shows. */
export interface Scale {
  readonly lo: number;
  readonly hi: number;
}

/** A range around what was seen that ends on round numbers, so that its two labels are short. A flat signal lies in the middle. */
export function scaleFor(min: number, max: number): Scale {
  if (!(min <= max)) return { lo: 0, hi: 1 };
  if (min === max) {
    const air = Math.abs(min) * 0.05 || 1;
    return rounded(min - air, max + air);
  }
  const air = (max - min) * 0.04;
  const lo = min >= 0 && min < (max - min) * 0.25 ? 0 : min - air;
  const hi = max <= 0 && -max < (max - min) * 0.25 ? 0 : max + air;
  return rounded(lo, hi);
}

/** Ends on a fifth of the range's power of ten. */
function rounded(lo: number, hi: number): Scale {
  const step = 10 ** Math.floor(Math.log10(hi - lo)) / 5;
  return { lo: tidy(Math.floor(lo / step + 1e-9) * step), hi: tidy(Math.ceil(hi / step - 1e-9) * step) };
}

/** Without the last digits that binary fractions leave. */
const tidy = (v: number): number => Number(v.toPrecision(12));

/** Screen y of a value inside a lane: hi at the top, with a little air at both ends. */
export function yOf(v: number, s: Scale, top: number, height: number): number {
  const air = Math.min(4, height * 0.08);
  return top + height - air - ((v - s.lo) / (s.hi - s.lo)) * (height - 2 * air);
}
