/** How a trace is drawn: tokens of its line and of the band between its least and greatest values. */
export interface TraceLook {
  readonly line: string;
  readonly band: string;
  readonly opacity: number;
  readonly dash: readonly number[];
}

const ALONE: TraceLook = { line: "--trace", band: "--band", opacity: 1, dash: [] };

/** A stretch that lies behind to compare with. */
export const NORMAL_LOOK: TraceLook = { line: "--lane-normal", band: "--lane-normal", opacity: 0.55, dash: [5, 3] };

/** So many colours there are; a dash tells the signals beyond them apart, as it does where colours are not seen. */
const COLOURS = 6;
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3]];

/** The look of signal i where all lie over one another; undefined where each has a lane of its own. */
export function lookOf(i: number | undefined): TraceLook {
  if (i === undefined) return ALONE;
  const line = `--lane-${(i % COLOURS) + 1}`;
  return { line, band: line, opacity: 0.85, dash: DASHES[Math.floor(i / COLOURS) % DASHES.length] ?? [] };
}
