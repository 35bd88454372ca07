// What the fake gateway finds alike: other items with the same kind of evidence, and stretches that no item shows yet.
export class FakeSimilar {
  spreads = new Map();

  constructor(world) { this.world = world; }

  find(q) {
    const { world } = this;
    const others = [...world.items.values()].filter((r) => r.id !== q.item && (q.image ? r.images && r.candidates.length : r.window)).slice(0, 7);
    const places = others.map((r, i) => ({
      item: r.id, distance: 0.1 + i / 9, verdict: r.verdict, classes: r.classes ?? [], by: r.by ?? "",
      ...(q.image ? { image: r.images[0].sha256, rect: { x: 754, y: 284, w: 124, h: 76 } } : { tags: q.tags, from: r.window.from + 13.4e9, to: r.window.from + 18.2e9 }),
    }));
    return { places, since: (world.now - 7 * 864e5) * 1e6, until: world.now * 1e6, searched: 1204, complete: false };
  }

  spread(body, key, person) {
    const known = [...this.spreads.values()].find((s) => s.key === key);
    if (known) return known;
    for (const p of body.places) Object.assign(this.world.items.get(p.item), { state: "labeled", verdict: "not_ok", labels: 1, by: person.id });
    const done = { id: `s${this.spreads.size}`, key, item: body.item, rev: body.rev, by: person.id, at: Date.now() * 1e6, labeled: body.places.map((p) => p.item), skipped: [], undone: 0 };
    this.spreads.set(done.id, done);
    return done;
  }

  takeBack(id) {
    const done = this.spreads.get(id);
    for (const item of done.labeled) Object.assign(this.world.items.get(item), { state: "open", verdict: "undefined", labels: 0 });
    done.undone = Date.now() * 1e6;
    return done;
  }
}
