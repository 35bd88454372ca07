import type { Region } from "../types";
import { centreOf, type Area, type Point } from "./geometry";
import { pulledArea, type BoxGrip, type Handle, type Side } from "./handles";
import { stepped } from "./shape";

const NOTHING: Area = { x: 0, y: 0, w: 0, h: 0 };

/** Within this many degrees of a quarter turn the box stands straight. */
const SNAP = 2;

/** d turned by degrees, clockwise on the screen. */
export function turnedBy(d: Point, degrees: number): Point {
  const sin = Math.sin((degrees * Math.PI) / 180);
  const cos = Math.cos((degrees * Math.PI) / 180);
  return { x: d.x * cos - d.y * sin, y: d.x * sin + d.y * cos };
}

/** The middles of a rotated box's sides, its corners, and the handle that turns it, off pixels beyond its upper side. */
export function turnedHandles(r: Region, off: number): Handle[] {
  const { w, h } = r.rect ?? NOTHING;
  const c = centreOf(r.rect ?? NOTHING);
  const at = (x: number, y: number): Point => {
    const d = turnedBy({ x, y }, r.angle ?? 0);
    return { x: c.x + d.x, y: c.y + d.y };
  };
  const side = (s: Side, x: number, y: number): Handle => ({ grip: { hold: "side", side: s }, at: at(x, y) });
  const corner = (n: number, x: number, y: number): Handle => ({ grip: { hold: "corner", corner: n }, at: at(x, y) });
  const turn = at(0, -h / 2 - off);
  return [
    side("top", 0, -h / 2),
    side("right", w / 2, 0),
    side("bottom", 0, h / 2),
    side("left", -w / 2, 0),
    corner(0, -w / 2, -h / 2),
    corner(1, w / 2, -h / 2),
    corner(2, w / 2, h / 2),
    corner(3, -w / 2, h / 2),
    { grip: { hold: "turn", from: turn }, at: turn },
  ];
}

/** One side, or two that meet in a corner, pulled by d; the opposite ones stay where they are. */
export function pulledTurned(r: Region, grip: BoxGrip, d: Point): Region {
  const old = r.rect ?? NOTHING;
  const angle = r.angle ?? 0;
  const local = pulledArea(old, grip, turnedBy(d, -angle));
  const c = centreOf(old);
  const moved = centreOf(local);
  const shift = turnedBy({ x: moved.x - c.x, y: moved.y - c.y }, angle);
  const w = Math.max(1, stepped(local.w));
  const h = Math.max(1, stepped(local.h));
  return { ...r, rect: { x: stepped(c.x + shift.x - w / 2), y: stepped(c.y + shift.y - h / 2), w, h } };
}

/** The box turned about its centre so that its upper side looks at p. */
export function turnedTo(r: Region, p: Point): Region {
  const c = centreOf(r.rect ?? NOTHING);
  const degrees = (Math.atan2(p.x - c.x, c.y - p.y) * 180) / Math.PI;
  const quarter = Math.round(degrees / 90) * 90;
  return { ...r, angle: Math.abs(degrees - quarter) <= SNAP ? quarter : Math.round(degrees * 10) / 10 };
}
