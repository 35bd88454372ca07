// Serves dist/ and fakes the gateway's API, for tests, screenshots and work on the page without a gateway.
// `node test/server.mjs [port]`, user wang, password demo; one-time token "once".
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { longSeries, signals } from "./fake/days.mjs";
import { FakeRules } from "./fake/rules.mjs";
import { FakeSimilar } from "./fake/similar.mjs";
import { els1 } from "./fake/series.mjs";
import { Sockets } from "./fake/socket.mjs";
import { taxonomy, World } from "./fake/world.mjs";

const dist = process.env.DIST ?? path.join(import.meta.dirname, "..", "dist"); // a copy, where the page is built anew meanwhile
const types = { ".webmanifest": "application/manifest+json", ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml" };
const policy = "default-src 'self'; img-src 'self' blob: data:; style-src 'self'; frame-ancestors 'none'";
const chief = { id: "0001", name: "陈工", role: "admin" };
const sun = { id: "0208", name: "孙丽", role: "reviewer" };
const wang = { id: "0317", name: "王敏", role: "labeler" };

/** Starts the server, `line` as World takes it; `fault` may be set to "away" (no answer), "down" (not even the page), "full" (507), "garbled" or "" at any time. */
export const serve = async (port = 0, line = {}) => {
  const world = new World(line), fakeRules = new FakeRules(world.now), fakeSimilar = new FakeSimilar(world), sockets = new Sockets(), sessions = new Map(); // id → person
  const state = { fault: "", slow: 0, rev: 0, taxonomy: undefined, blind: false, cut: 0 }, past = new Map(); // revision → taxonomy
  const pins = new Map([[chief.id, "2468"]]);
  const hint = (what, item) => sockets.send({ rev: ++state.rev, what, ...(item ? { item } : {}) });

  const json = (res, status, body, headers = {}) => res.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
  const wrong = (res, status, code) => json(res, status, { error: { code, message: code } });

  const api = async (req, res, url, body) => {
    const at = url.pathname.slice("/api/v1".length), q = url.searchParams;
    const session = /edgelabel_session=(\w+)/.exec(req.headers.cookie ?? "")?.[1];
    if (at === "/session") {
      if (req.method === "POST") {
        if (!(["once", "chief", "sun"].includes(body.token) || (["wang", "chief"].includes(body.user) && body.password === "demo") || body.badge === "0000317")) return wrong(res, 401, "unauthorized");
        const id = Math.random().toString(36).slice(2);
        const person = body.user === "chief" || body.token === "chief" ? chief : body.token === "sun" ? sun : wang;
        sessions.set(id, person);
        return json(res, 200, { person, hasPin: pins.has(person.id) }, { "Set-Cookie": `edgelabel_session=${id}; HttpOnly; SameSite=Strict; Path=/` });
      }
      if (req.method === "DELETE") sessions.delete(session);
      if (req.method === "DELETE") return res.writeHead(204).end();
    }
    if (!sessions.has(session)) return wrong(res, 401, "unauthorized");
    const person = sessions.get(session);
    state.taxonomy ??= world.taxonomy ?? taxonomy;
    if (at === "/session") return json(res, 200, { person, hasPin: pins.has(person.id) });
    if (at === "/session/pin") return body.pin ? pins.set(person.id, body.pin) : pins.delete(person.id), res.writeHead(204).end();
    if (at === "/session/unlock") return pins.get(person.id) === body.pin ? res.writeHead(204).end() : wrong(res, 403, "forbidden");
    if (at === "/items" && req.method === "GET") return json(res, 200, world.page(q));
    if (at === "/taxonomy" && req.method === "PUT") {
      if (person.role !== "admin") return wrong(res, 403, "forbidden");
      if (body.revision !== state.taxonomy.revision) return wrong(res, 409, "conflict");
      past.set(state.taxonomy.revision, state.taxonomy);
      state.taxonomy = { ...body, revision: body.revision + 1, by: person.id };
      json(res, 200, state.taxonomy);
      return hint("taxonomy");
    }
    if (at === "/taxonomy/packs") return json(res, 200, { packs: [{ revision: 1, name: { "zh-CN": "焊缝", en: "Weld" }, classes: [{ id: "w100", name: { "zh-CN": "100 裂纹", en: "100 Crack" }, on: "image" }], modes: [] }] });
    if (at === "/taxonomy") return q.get("revision") ? json(res, 200, past.get(Number(q.get("revision"))) ?? { ...taxonomy, revision: Number(q.get("revision")) }) : json(res, 200, state.taxonomy);
    if (at === "/queue") return json(res, 200, { items: world.page(new URLSearchParams({ state: "open" })).items.reverse().slice(0, Number(q.get("limit"))) });
    if (at === "/similar") return json(res, 200, fakeSimilar.find(body));
    if (at === "/propagate") return json(res, 201, fakeSimilar.spread(body, req.headers["idempotency-key"], person));
    if (at.startsWith("/propagate/")) return json(res, 200, fakeSimilar.takeBack(at.slice(11)));
    if (at === "/rules") return json(res, 200, { rules: fakeRules.rules, budgets: fakeRules.budgets });
    if (at === "/detectors") return json(res, 200, fakeRules.performance());
    if (at === "/tunings") return json(res, 200, { tunings: fakeRules.tunings });
    const ruled = fakeRules.answer(req.method, at, body, person);
    if (ruled) return json(res, ...ruled);
    if (at === "/reviews") return ["reviewer", "admin"].includes(person.role) ? json(res, 200, { blind: state.blind, ...world.reviews(person.id, q.get("state"), state.blind) }) : wrong(res, 403, "forbidden");
    if (at === "/stats") return json(res, 200, world.stats(person.id, q));
    if (at === "/status") return json(res, 200, world.status());
    if (at === "/drill") {
      if (person.role !== "admin") return wrong(res, 403, "forbidden");
      if (req.method !== "GET") state.cut = req.method === "POST" ? (world.clock() + body.seconds * 1000) * 1e6 : 0;
      return json(res, 200, { until: state.cut, now: world.clock() * 1e6 });
    }
    if (at === "/signals") return json(res, 200, { signals: signals() });
    if (at === "/items" && req.method === "POST") {
      if (state.fault === "full") return wrong(res, 507, "full");
      const row = world.create(body, person);
      json(res, 201, row);
      return hint("item", row.id);
    }
    const [, what, id, sub] = /^\/(items|images|series)(?:\/([^/]+))?(?:\/(.+))?$/.exec(at) ?? [];
    if (what === "images" && world.pictures.has(id)) {
      return res.writeHead(200, { "Content-Type": "image/png", "Cache-Control": "private, max-age=31536000, immutable" }).end(world.pictures.get(id)());
    }
    if (what === "series" && q.get("tags")?.startsWith("t03.")) { // as if each stretch were the one of the flagged fault
      const [from, to] = ["from", "to"].map((k) => Number(q.get(k)));
      return res.writeHead(200, { "Content-Type": "application/octet-stream" }).end(els1(q.get("tags").split(","), from - 11.5e9, from, to, Number(q.get("n")), from % 97));
    }
    if (what === "series" && q.get("tags")) {
      return res.writeHead(200, { "Content-Type": "application/octet-stream" }).end(longSeries(q.get("tags").split(","), Number(q.get("from")), Number(q.get("to")), Number(q.get("n")), world.now * 1e6));
    }
    if (what === "series" && world.items.get(id ?? q.get("item"))?.place.asset === "G-07") {
      const { window } = world.items.get(q.get("item"));
      return res.writeHead(200, { "Content-Type": "application/octet-stream" }).end(longSeries(window.tags, Math.max(window.from, Number(q.get("from") ?? 0)), Math.min(window.to, Number(q.get("to") ?? Infinity)), Number(q.get("n")), world.now * 1e6));
    }
    if (what === "series") {
      const row = world.items.get(q.get("item"));
      if (!row?.window) return wrong(res, 404, "not_found");
      const from = Math.max(row.window.from, Number(q.get("from") ?? 0)), to = Math.min(row.window.to, Number(q.get("to") ?? Infinity));
      return res.writeHead(200, { "Content-Type": "application/octet-stream" }).end(els1(row.window.tags, row.window.from, from, to, Number(q.get("n")), 7));
    }
    if (what === "items" && sub === "labels") {
      if (state.fault === "full") return wrong(res, 507, "full");
      const [status, answer] = world.label(id, body, req.headers["idempotency-key"], person);
      json(res, status, answer);
      return hint("label", id);
    }
    if (what === "items" && sub === "claim") {
      const held = world.claims.get(id), mine = { by: person.id, name: person.name, until: (world.clock() + 60000) * 1e6 };
      return json(res, 200, held && held.by !== person.id && held.until > world.clock() * 1e6 ? held : mine);
    }
    if (what === "items" && world.items.has(id)) return json(res, 200, { item: world.row(world.items.get(id)), labels: world.labels.get(id) });
    return wrong(res, 404, "not_found");
  };

  const file = async (res, name) => {
    try {
      const body = await readFile(path.join(dist, name));
      res.writeHead(200, { "Content-Type": types[path.extname(name)] ?? "application/octet-stream", "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff" }).end(body);
    } catch {
      res.writeHead(404).end();
    }
  };

  const server = createServer(async (req, res) => {
    const url = new URL(req.url, "http://localhost");
    if (state.fault === "down") return req.socket.destroy();
    if (!url.pathname.startsWith("/api/")) return file(res, url.pathname === "/" ? "index.html" : url.pathname);
    if (state.fault === "away") return req.socket.destroy();
    if (state.slow) await new Promise((done) => setTimeout(done, state.slow));
    const chunks = [];
    for await (const c of req) chunks.push(c);
    const body = chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {};
    await api(req, res, url, body);
  });
  server.on("upgrade", (req, socket) => (["away", "down"].includes(state.fault) ? socket.destroy() : sockets.accept(req, socket)));
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}`, world, fakeRules, fakeSimilar, state, hint, sessions, dropSockets: () => sockets.drop(),
    close: () => { sockets.drop(); server.closeAllConnections(); return new Promise((done) => server.close(done)); },
  };
};

if (import.meta.url === pathToFileURL(process.argv[1]).href) console.log((await serve(Number(process.argv[2] ?? 5173))).url);
