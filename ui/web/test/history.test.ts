import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../src/model/history";
import { Prefetch } from "../src/model/prefetch";
import { Http } from "../src/wire/http";
import { WireError } from "../src/wire/errors";
import type { ItemQuery } from "../src/wire/api";
import { row, settled } from "./kit";

const numbered = (n: number): string => String(n).padStart(4, "0");

test("two lists come out as one, newest first, whatever the pages are", async () => {
  const all = Array.from({ length: 130 }, (_, i) => row(numbered(i), { state: i % 3 === 0 || i < 40 ? "synced" : "labeled", labels: 1 })).reverse();
  const history = new History({
    items: async (q: ItemQuery) => {
      const list = all.filter((r) => r.state === q.state);
      const at = q.cursor ? list.findIndex((r) => r.id === q.cursor) + 1 : 0;
      const items = list.slice(at, at + (q.limit ?? 50));
      return { items, next: at + items.length < list.length ? items.at(-1)?.id ?? "" : "" };
    },
  });
  await history.restart();
  while (history.more.value) await history.next();
  assert.deepEqual(history.rows.value.map((r) => r.id), all.map((r) => r.id));
});

test("a list that does not come says why and keeps what is shown", async () => {
  let away = false;
  const history = new History({
    items: async () => {
      if (away) throw new WireError("away", "GET", "cut");
      return { items: [row("0001", { labels: 1 })], next: "" };
    },
  });
  await history.restart();
  away = true;
  await history.restart();
  assert.equal(history.trouble.value, "away");
  assert.equal(history.rows.value.length > 0, true);
});

test("pictures ahead are fetched once and one at a time, large ones as a preview", async () => {
  const asked: string[] = [];
  let running = 0;
  let most = 0;
  const prefetch = new Prefetch({
    picture: async (path) => {
      asked.push(path);
      most = Math.max(most, ++running);
      await new Promise((done) => setImmediate(done));
      running--;
      return new ArrayBuffer(0);
    },
    series: async () => Promise.reject(new WireError("away", "GET", "cut")),
  });
  const large = row("b", { images: [{ sha256: "big", bytes: 1, format: "jpeg", width: 8192, height: 6000, camera: "c", received: 1 }] });
  prefetch.want([row("a"), large, row("w", { window: { from: 0, to: 1, tags: ["x"] } })]);
  prefetch.want([row("a"), large]);
  await settled();
  assert.deepEqual(asked, ["/images/sha-a", "/images/big/preview", "/images/sha-w"]);
  assert.equal(most, 1);
});

test("every kind of answer becomes a value or a typed error", async () => {
  const links: boolean[] = [];
  const answer = async (f: () => Promise<Response>): Promise<unknown> => {
    const http = new Http("/api/v1", f);
    http.onLink = (up) => links.push(up);
    return http.json("/x").then((v) => v, (err: unknown) => (err instanceof WireError ? err.code : "untyped"));
  };
  assert.deepEqual(await answer(async () => Response.json({ a: 1 })), { a: 1 });
  assert.equal(await answer(async () => new Response(null, { status: 204 })), undefined);
  assert.equal(await answer(async () => Promise.reject(new TypeError("fetch"))), "away");
  assert.equal(await answer(async () => new Response("<html>", { status: 200 })), "garbled");
  assert.deepEqual(await Promise.all([400, 401, 403, 404, 409, 413, 429, 500, 502, 507].map((status) => answer(async () => new Response("", { status })))),
    ["invalid", "unauthorized", "forbidden", "not_found", "conflict", "too_large", "rate_limited", "internal", "internal", "full"]);
  assert.deepEqual(links.slice(0, 4), [true, true, false, true]);
});
