import type { Region } from "../types";
import { boundsOf, distance, grown, nearestOn, type Area, type Extent, type Point } from "./geometry";
import { areaOf, outlineOf } from "./shape";

/** Regions whose bounds meet a rectangle, all in px of the picture. */
type Nearby = (x0: number, y0: number, x1: number, y1: number) => readonly Region[];

/** Which sides of a box move. */
interface Sides {
  readonly left?: boolean;
  readonly right?: boolean;
  readonly top?: boolean;
  readonly bottom?: boolean;
}

/** A corner counts as so much nearer than a line: who aims at a corner is on the line beside it too. */
const CORNER = 0.6;

/** Pulls what a person draws to what lies within reach: corners and lines of other regions, and the sides of the picture. */
export class Magnet {
  /** reach in px of the picture; not: the region that is pulled, which does not hold itself. */
  constructor(
    private readonly nearby: Nearby,
    private readonly picture: Extent,
    private readonly reach: number,
    private readonly not: string | null = null,
  ) {}

  /** A point: on the nearest corner or line of a region, else on the picture's sides. */
  point(p: Point): Point {
    let best: Point | undefined;
    let least = this.reach;
    for (const r of this.around({ ...p, w: 0, h: 0 })) {
      for (const { at, weight } of holdsOf(r, p)) {
        const d = distance(at, p) * weight;
        if (d >= least) continue;
        least = d;
        best = at;
      }
    }
    return best ?? { x: p.x + this.nearest([p.x], [0, this.picture.w]), y: p.y + this.nearest([p.y], [0, this.picture.h]) };
  }

  /** A corner of a box that other is the opposite corner of: on upright and level sides. */
  corner(p: Point, other: Point): Point {
    const { xs, ys } = this.linesBeside(boundsOf([p, other]));
    return { x: p.x + this.nearest([p.x], xs), y: p.y + this.nearest([p.y], ys) };
  }

  /** A box: each of the sides that move on the nearest upright or level side beside it. */
  box(a: Area, moves: Sides): Area {
    const { xs, ys } = this.linesBeside(a);
    const left = a.x + (moves.left ? this.nearest([a.x], xs) : 0);
    const right = a.x + a.w + (moves.right ? this.nearest([a.x + a.w], xs) : 0);
    const top = a.y + (moves.top ? this.nearest([a.y], ys) : 0);
    const bottom = a.y + a.h + (moves.bottom ? this.nearest([a.y + a.h], ys) : 0);
    return right > left && bottom > top ? { x: left, y: top, w: right - left, h: bottom - top } : a;
  }

  /** The shift that brings one upright and one level side of the area onto others. */
  shift(a: Area): Point {
    const { xs, ys } = this.linesBeside(a);
    return { x: this.nearest([a.x, a.x + a.w], xs), y: this.nearest([a.y, a.y + a.h], ys) };
  }

  private around(a: Area): readonly Region[] {
    const b = grown(a, this.reach);
    return this.nearby(b.x, b.y, b.x + b.w, b.y + b.h).filter((r) => r.id !== this.not && r.kind !== "mask" && r.kind !== "point");
  }

  private linesBeside(a: Area): { xs: number[]; ys: number[] } {
    const areas = this.around(a).map(areaOf);
    return { xs: [0, this.picture.w, ...areas.flatMap((o) => [o.x, o.x + o.w])], ys: [0, this.picture.h, ...areas.flatMap((o) => [o.y, o.y + o.h])] };
  }

  /** The smallest shift within reach that brings one of the values onto a line; 0 when none is near. */
  private nearest(values: readonly number[], lines: readonly number[]): number {
    let best = 0;
    let least = this.reach;
    for (const v of values) {
      for (const line of lines) {
        if (Math.abs(line - v) >= least) continue;
        least = Math.abs(line - v);
        best = line - v;
      }
    }
    return best;
  }
}

/** The places of a region's outline that hold p: its corners, and the nearest point of each of its lines. */
function holdsOf(r: Region, p: Point): { at: Point; weight: number }[] {
  const { points, closed } = outlineOf(r);
  const corners = points.map((at) => ({ at, weight: CORNER }));
  const lines = points.flatMap((b, i) => {
    const a = points[i - 1] ?? (closed ? points.at(-1) : undefined);
    return a ? [{ at: nearestOn(p, a, b), weight: 1 }] : [];
  });
  return [...corners, ...lines];
}
