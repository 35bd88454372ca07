import { clamp } from "../canvas/geometry";

/** Where things stand on the lane stage, in CSS pixels from its plot's top left corner. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly strip: number; // height of the strip above the lanes
  readonly axis: number; // height of the axis below them
  readonly lane: number; // height of one lane
  readonly lanes: number; // how many
  readonly scroll: number; // how far the lanes are scrolled up
  readonly together: boolean; // all signals in one lane, over one another
}

/** The least height of a lane in mm: below it lanes scroll instead of shrinking. */
const LEAST_LANE = 10;
const STRIP = 7.4;

export function layoutOf(width: number, height: number, lanes: number, mm: number, scroll: number, together = false): Layout {
  const strip = Math.max(34, Math.round(STRIP * mm));
  const least = Math.max(26, Math.round(4.6 * mm));
  const room = Math.max(0, height - strip - least);
  if (together) return { width, height, strip, axis: least, lane: room, lanes, scroll: 0, together };
  const lane = Math.max(Math.round(LEAST_LANE * mm), lanes > 0 ? Math.floor(room / lanes) : room);
  const axis = least + Math.max(0, room - lane * Math.max(1, lanes)); // whole pixels for lanes, the rest for the axis
  const most = Math.max(0, lane * lanes - room);
  return { width, height, strip, axis, lane, lanes, scroll: clamp(scroll, 0, most), together };
}

/** Height of what is seen of the lanes. */
export const roomOf = (l: Layout): number => Math.max(0, l.height - l.strip - l.axis);

export const laneTop = (l: Layout, i: number): number => (l.together ? l.strip : l.strip + i * l.lane - l.scroll);

export const laneBottom = (l: Layout, i: number): number => laneTop(l, i) + l.lane;

/** The lane under y, or undefined in the strip, on the axis, and where all lie over one another. */
export function laneAt(l: Layout, y: number): number | undefined {
  if (l.together || y < l.strip || y >= l.height - l.axis) return undefined;
  const i = Math.floor((y - l.strip + l.scroll) / l.lane);
  return i < l.lanes ? i : undefined;
}

export const inStrip = (l: Layout, y: number): boolean => y < l.strip;
