// Plain arithmetic that several layers share.

export const clamp = (v: number, low: number, high: number): number => (v < low ? low : v > high ? high : v);

/** UTC nanoseconds to Date's milliseconds, and back. */
export const nsToMs = (ns: number): number => ns / 1e6;
export const msToNs = (ms: number): number => ms * 1e6;
