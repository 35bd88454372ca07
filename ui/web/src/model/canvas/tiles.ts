import { clamp, type Area, type Extent } from "./geometry";

export const TILE = 512;

/** One tile: level z (levels is full resolution), column x, row y, and the part of the original that it shows, in px of the original. */
export interface Tile {
  readonly z: number;
  readonly x: number;
  readonly y: number;
  readonly area: Area;
}

/** The lowest level that still has a pixel for every device pixel. */
export function levelFor(scale: number, devicePixels: number, levels: number): number {
  const wanted = levels + Math.log2(Math.max(scale * devicePixels, 1e-9));
  return clamp(Math.ceil(wanted - 0.05), 0, levels);
}

/** The tiles of level z that show the area, those nearest to its middle first. */
export function tilesOf(area: Area, image: Extent, z: number, levels: number): Tile[] {
  const shrink = 2 ** (levels - z);
  const side = TILE * shrink;
  const tiles: Tile[] = [];
  const last = { x: Math.ceil(image.w / side) - 1, y: Math.ceil(image.h / side) - 1 };
  for (let y = clamp(Math.floor(area.y / side), 0, last.y); y <= last.y && y * side < area.y + area.h; y++) {
    for (let x = clamp(Math.floor(area.x / side), 0, last.x); x <= last.x && x * side < area.x + area.w; x++) {
      tiles.push({ z, x, y, area: tileArea(x * side, y * side, side, image, shrink) });
    }
  }
  const cx = area.x + area.w / 2;
  const cy = area.y + area.h / 2;
  const far = (t: Tile): number => Math.hypot(t.area.x + t.area.w / 2 - cx, t.area.y + t.area.h / 2 - cy);
  return tiles.sort((a, b) => far(a) - far(b));
}

/** Edge tiles are cut; a level's size is rounded up, so that its last pixel may reach over the original by less than one of its pixels. */
function tileArea(x: number, y: number, side: number, image: Extent, shrink: number): Area {
  const w = Math.min(side, Math.ceil(image.w / shrink) * shrink - x);
  const h = Math.min(side, Math.ceil(image.h / shrink) * shrink - y);
  return { x, y, w, h };
}

/** A map that forgets what was not asked for longest and tells the owner, who frees it. */
export class Lru<V> {
  private readonly map = new Map<string, V>();

  constructor(
    private readonly most: number,
    private readonly forgotten: (v: V) => void,
  ) {}

  get size(): number {
    return this.map.size;
  }

  get(key: string): V | undefined {
    const v = this.map.get(key);
    if (v === undefined) return undefined;
    this.map.delete(key);
    this.map.set(key, v);
    return v;
  }

  set(key: string, v: V): void {
    const old = this.map.get(key);
    if (old !== undefined) this.forgotten(old);
    this.map.delete(key);
    this.map.set(key, v);
    for (const [k, oldest] of this.map) {
      if (this.map.size <= this.most) break;
      this.map.delete(k);
      this.forgotten(oldest);
    }
  }

  clear(): void {
    for (const v of this.map.values()) this.forgotten(v);
    this.map.clear();
  }
}
