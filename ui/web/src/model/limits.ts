// Limit pictures of a class: an admin chooses them among what was judged, and everybody sees them while judging.

import { signal } from "@preact/signals-core";
import type { ItemQuery } from "../wire/api";
import type { Class, Image, Label, LimitPicture, Page, Row } from "./types";

export interface LimitsWire {
  items(q: ItemQuery): Promise<Page>;
  item(id: string): Promise<{ item: Row; labels: Label[] }>;
}

export type LimitKind = LimitPicture["kind"];
export const limitKinds: readonly LimitKind[] = ["good", "borderline", "bad"];

/** A limit picture with its picture; without one where the gateway has dropped it. */
export interface LimitView { limit: LimitPicture; image: Image | undefined }

const offered = 12; // parts to choose from

export class Limits {
  readonly choosing = signal<{ of: string; kind: LimitKind; rows: Row[] } | null>(null);
  readonly open = signal(false); // while judging: they stand above the picture
  private readonly images = new Map<string, Promise<Image | undefined>>(); // by item and sha256

  constructor(private readonly wire: LimitsWire, private readonly refused: (err: unknown) => void) {}

  /** Offers what was judged to be chosen from: OK parts for a good example, parts with the class for the others. */
  async offer(of: string, kind: LimitKind): Promise<void> {
    try {
      const page = await this.wire.items({ kind: "image", order: "newest", limit: offered, ...(kind === "good" ? { verdict: "ok" } : { class: of }) });
      this.choosing.value = { of, kind, rows: page.items };
    } catch (err) {
      this.refused(err);
    }
  }

  /** The limits of the class with the row's picture in the place of the one of the same kind. */
  async choose(c: Class, row: Row): Promise<LimitPicture[]> {
    const kind = this.choosing.peek()?.kind ?? "bad";
    const rest = (c.limits ?? []).filter((l) => l.kind !== kind);
    const image = row.images?.[0];
    this.choosing.value = null;
    if (!image) return rest;
    const { labels } = await this.wire.item(row.id).catch(() => ({ labels: [] as Label[] }));
    const region = labels.at(-1)?.regions?.find((r) => r.class === c.id && r.image === image.sha256 && r.rect);
    return [...rest, { kind, item: row.id, image: image.sha256, ...(region?.rect ? { rect: region.rect } : {}) }];
  }

  /** The limit pictures of a class, from the good to the bad, each with the picture as the gateway has it. */
  async views(c: Class): Promise<LimitView[]> {
    const all = limitKinds.flatMap((kind) => (c.limits ?? []).filter((l) => l.kind === kind));
    return Promise.all(all.map(async (limit) => ({ limit, image: await this.image(limit) })));
  }

  private image({ item, image }: LimitPicture): Promise<Image | undefined> {
    const key = `${item}/${image}`;
    const known = this.images.get(key) ?? this.wire.item(item).then(({ item: row }) => row.images?.find((i) => i.sha256 === image), () => undefined);
    this.images.set(key, known);
    return known;
  }
}
