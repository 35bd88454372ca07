import { field, grain, type Field } from "./field";
import type { Random } from "./random";

/** A surface without a defect: grey levels that may leave 0 to 255, and how much they vary from place to place. */
export interface Ground {
  readonly grey: Field;
  readonly rough: number;
  /** How deep each pixel lies on the part, px, where the part ends within the picture; below zero beside it. */
  readonly inside: Field | undefined;
}

/** Draws a lit surface with grain or brush marks, now and then with the part's edge, a line or specks on it. */
export function ground(r: Random, w: number, h: number): Ground {
  const rough = r.scale(1.5, 16);
  const marks = texture(r, w, h);
  const base = r.between(60, 200);
  const slope = { x: (r.normal() * 25) / w, y: (r.normal() * 25) / h };
  const cloud = grain(r, w, h, r.between(0.3, 1.5) * w, r.between(0.3, 1.5) * h);
  const clouds = r.chance(0.5) ? r.between(0, 15) : 0;
  const grey = field(w, h, (x, y) => {
    const i = y * w + x;
    return base + slope.x * (x - w / 2) + slope.y * (y - h / 2) + clouds * (cloud.v[i] ?? 0) + rough * (marks.v[i] ?? 0);
  });
  if (r.chance(0.15)) line(r, grey, rough);
  if (r.chance(0.2)) specks(r, grey, rough);
  const inside = r.chance(0.3) ? brink(r, w, h) : undefined;
  if (inside) beside(r, grey, inside, base);
  return { grey, rough, inside };
}

/** Fine noise, grains of some px and brush marks in one direction, mixed; standard deviation 1. */
function texture(r: Random, w: number, h: number): Field {
  const long = r.scale(4, 60);
  const upright = r.chance(0.5);
  const thin = r.between(1, 2);
  const parts = [
    { by: r.next(), of: field(w, h, () => r.normal()) },
    { by: r.chance(0.6) ? r.next() : 0, of: grain(r, w, h, r.between(1.2, 4), r.between(1.2, 4)) },
    { by: r.chance(0.6) ? 2 * r.next() : 0, of: upright ? grain(r, w, h, thin, long) : grain(r, w, h, long, thin) },
  ];
  const norm = Math.hypot(...parts.map((p) => p.by)) || 1;
  return field(w, h, (x, y) => parts.reduce((sum, p) => sum + p.by * (p.of.v[y * w + x] ?? 0), 0) / norm);
}

/** A straight bright or dark line right across. */
function line(r: Random, { w, h, v }: Field, rough: number): void {
  const turn = r.chance(0.6) ? (r.chance(0.5) ? 0 : Math.PI / 2) : r.between(0, Math.PI);
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const off = r.between(-0.5, 0.5) * Math.min(w, h);
  const half = r.between(0.5, 2);
  const by = r.sign() * rough * r.between(1, 5);
  for (let i = 0; i < v.length; i++) {
    const d = Math.abs(((i % w) - w / 2) * c + (Math.floor(i / w) - h / 2) * s - off);
    v[i]! += by * Math.max(0, Math.min(1, half - d + 0.5));
  }
}

function specks(r: Random, { w, h, v }: Field, rough: number): void {
  const reach = 5;
  for (let n = r.between(1, 6); n > 0; n--) {
    const [cx, cy, size, by] = [r.next() * w, r.next() * h, r.between(0.7, 2.5), r.sign() * rough * r.between(1, 5)];
    for (let y = Math.max(0, Math.floor(cy - reach)); y < Math.min(h, cy + reach); y++) {
      for (let x = Math.max(0, Math.floor(cx - reach)); x < Math.min(w, cx + reach); x++) {
        v[y * w + x]! += by * Math.exp(-(((x - cx) ** 2 + (y - cy) ** 2) / size ** 2));
      }
    }
  }
}

/** How far each pixel lies on the near side of a slightly curved edge that passes by the middle. */
function brink(r: Random, w: number, h: number): Field {
  const turn = r.chance(0.8) ? Math.floor(r.next() * 4) * (Math.PI / 2) + r.normal() * 0.05 : r.between(0, 2 * Math.PI);
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const off = r.between(0, 0.4) * (Math.abs(c) > 0.7 ? w : h);
  const bend = (r.normal() * 0.1) / Math.max(w, h);
  return field(w, h, (x, y) => {
    const along = (x - w / 2) * s - (y - h / 2) * c;
    return off - (x - w / 2) * c - (y - h / 2) * s + bend * along * along;
  });
}

/** Paints what lies beside the part: another grey, as a rule darker, and calmer. */
function beside(r: Random, { v }: Field, inside: Field, base: number): void {
  const to = r.chance(0.75) ? r.between(10, 0.6 * base) : r.between(20, 240);
  const keeps = r.between(0, 0.6);
  const soft = r.between(0.5, 2);
  for (let i = 0; i < v.length; i++) {
    const part = Math.max(0, Math.min(1, (inside.v[i] ?? 0) / soft + 0.5));
    const own = v[i] ?? 0;
    v[i] = own * part + (to + (own - base) * keeps) * (1 - part);
  }
}
