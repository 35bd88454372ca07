import { field, grain, type Field } from "./field";
import type { Ground } from "./ground";
import type { Random } from "./random";

/** Where a defect is: how deep each pixel lies in it, px, below nought outside; and how much wider than that a person draws it. */
export interface Place {
  readonly depth: Field;
  readonly wider: number;
}

const FAR = 1e3; // px outside

/** A spot, a crack, or a piece broken off at the part's edge, about `size` px long, in the middle. */
export function place(r: Random, w: number, h: number, size: number, inside: Field | undefined): Place {
  if (r.chance(0.42)) return { depth: crack(r, w, h, size), wider: Math.max(0, 1.1 + 0.5 * r.normal()) };
  const depth = spot(r, w, h, size);
  if (inside && r.chance(0.6)) depth.v.forEach((d, i) => (depth.v[i] = Math.min(d, inside.v[i] ?? 0)));
  return { depth, wider: r.between(-0.4, 0.6) };
}

/** Round or long, with a wavy outline. */
function spot(r: Random, w: number, h: number, size: number): Field {
  const at = { x: w / 2 + r.normal() * 0.03 * size, y: h / 2 + r.normal() * 0.03 * size };
  const turn = r.between(0, Math.PI);
  const long = r.scale(1, r.chance(0.3) ? 4 : 2);
  const waves = Array.from({ length: 5 }, (_, k) => ({ by: (r.normal() * r.between(0, 0.22)) / (k + 1), at: r.between(0, 2 * Math.PI) }));
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  return field(w, h, (x, y) => {
    const u = (x - at.x) * c + (y - at.y) * s;
    const v = ((y - at.y) * c - (x - at.x) * s) * long;
    const a = Math.atan2(v, u);
    const edge = (size / 2) * Math.max(0.2, 1 + waves.reduce((sum, wave, k) => sum + wave.by * Math.cos((k + 2) * a + wave.at), 0));
    return (edge - Math.hypot(u, v)) / (1 + (long - 1) * Math.abs(Math.sin(a)));
  });
}

/** A thin line that wanders, of changing width, sometimes with a branch. */
function crack(r: Random, w: number, h: number, size: number): Field {
  const depth = field(w, h, () => -FAR);
  const half = r.scale(0.6, Math.max(1.2, Math.min(6, size * 0.1)));
  const heading = r.chance(0.6) ? Math.floor(r.next() * 2) * (Math.PI / 2) + r.normal() * 0.25 : r.between(0, Math.PI);
  const bend = r.chance(0.6) ? r.scale(0.02, 0.12) : 0.006;
  const main = { x: w / 2 - (Math.cos(heading) * size) / 2, y: h / 2 - (Math.sin(heading) * size) / 2, heading, length: size, half, bend };
  walk(r, depth, main);
  if (r.chance(0.15)) walk(r, depth, { x: w / 2, y: h / 2, heading: heading + r.sign() * r.between(0.4, 1.2), length: size * 0.35, half: half * 0.7, bend });
  return depth;
}

interface Way {
  readonly x: number;
  readonly y: number;
  readonly heading: number;
  readonly length: number;
  readonly half: number; // width
  readonly bend: number; // radians from step to step
}

const STEP = 0.5; // px

function walk(r: Random, depth: Field, way: Way): void {
  let { x, y, heading } = way;
  let half = way.half * r.between(0.6, 1.2);
  const tapers = r.chance(0.7);
  const turns = (r.chance(0.4) ? r.normal() * 1.2 : 0) / way.length;
  for (let t = 0; t < way.length; t += STEP) {
    stamp(depth, x, y, half * (tapers ? Math.min(1, 0.3 + (3 * Math.min(t, way.length - t)) / way.length) : 1));
    heading += STEP * turns + way.bend * r.normal() + (r.chance(1.5 / way.length) ? r.normal() * 6 * way.bend : 0);
    half = Math.max(0.4, Math.min(2.2 * way.half, half + r.normal() * 0.05 * way.half));
    x += STEP * Math.cos(heading);
    y += STEP * Math.sin(heading);
  }
}

function stamp({ w, h, v }: Field, cx: number, cy: number, half: number): void {
  const reach = half + 4;
  for (let y = Math.max(0, Math.floor(cy - reach)); y <= Math.min(h - 1, cy + reach); y++) {
    for (let x = Math.max(0, Math.floor(cx - reach)); x <= Math.min(w - 1, cx + reach); x++) {
      const i = y * w + x;
      v[i] = Math.max(v[i] ?? 0, half - Math.hypot(x - cx, y - cy));
    }
  }
}

/** The ground with a defect: darker or brighter, even, leaning to one side, uneven, or with a rim. */
export function painted(r: Random, { grey, rough }: Ground, depth: Field): Field {
  const { w, h } = grey;
  const look = lookOf(r, w, h, rough);
  const middle = meanNear(grey, depth);
  return field(w, h, (x, y) => {
    const i = y * w + x;
    const d = depth.v[i] ?? 0;
    const v = grey.v[i] ?? 0;
    const part = Math.max(0, Math.min(1, d / look.soft + 0.5));
    const lean = look.lean.x * (x - w / 2) + look.lean.y * (y - h / 2);
    const inner = middle + (v - middle) * look.keeps + look.by + lean + look.uneven * (look.own.v[i] ?? 0);
    return v * (1 - part) + inner * part + look.rim * Math.exp(-((d / look.rimWidth) ** 2));
  });
}

interface Look {
  readonly by: number; // grey levels
  readonly keeps: number; // part of the ground's marks that is still seen
  readonly own: Field;
  readonly uneven: number; // grey levels
  readonly lean: { readonly x: number; readonly y: number }; // grey levels per px
  readonly rim: number; // grey levels
  readonly rimWidth: number; // px
  readonly soft: number; // px from full to none
}

function lookOf(r: Random, w: number, h: number, rough: number): Look {
  const by = (r.chance(0.8) ? -1 : 1) * Math.max(10, rough * r.scale(1.2, 8));
  const rim = r.chance(0.25) ? r.between(-1, 1) * by : 0;
  const lean = r.chance(0.35) ? (by * r.between(0, 6)) / Math.sqrt(w * h) : 0;
  const turn = r.between(0, 2 * Math.PI);
  return {
    by: rim !== 0 && r.chance(0.4) ? by * r.between(0, 0.5) : by,
    keeps: r.next(),
    own: grain(r, w, h, r.between(1.5, 6), r.between(1.5, 6)),
    uneven: r.chance(0.5) ? Math.abs(by) * r.between(0, 0.7) : 0,
    lean: { x: lean * Math.cos(turn), y: lean * Math.sin(turn) },
    rim,
    rimWidth: r.between(0.7, 2.5),
    soft: r.between(0.6, 1.6),
  };
}

/** The mean grey in and close around the defect. */
function meanNear({ v }: Field, depth: Field): number {
  const near = v.filter((_, i) => (depth.v[i] ?? 0) > -6);
  return near.reduce((a, b) => a + b, 0) / Math.max(1, near.length);
}
