// Plain arithmetic that several layers share.

export const clamp = (v: number, low: number, high: number): number => (v < low ? low : v > high ? high : v);

/** Date's milliseconds as UTC nanoseconds. */
export const msToNs = (ms: number): number => ms * 1e6;
