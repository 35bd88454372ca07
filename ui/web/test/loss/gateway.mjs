// The real program, killed and started again on one data directory, and pictures for it.
import { execFile, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { greyPng } from "../fake/png.mjs";

const ahead = 40; // pictures that nobody judged yet, at most
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const freePort = () => new Promise((done) => { const s = createServer().listen(0, "127.0.0.1", () => { const { port } = s.address(); s.close(() => done(port)); }); });

export class Gateway {
  log = [];
  parts = new Map(); // part → item

  constructor(program, dir) { Object.assign(this, { program, dir, config: path.join(dir, "edgelabel.yaml") }); }

  get url() { return `http://127.0.0.1:${this.port}`; }

  async prepare() {
    this.port = await freePort();
    const data = path.join(this.dir, "data"), password = path.join(this.dir, "password");
    await mkdir(data, { recursive: true });
    await writeFile(password, "anna-password\n");
    await writeFile(this.config, `gateway: {id: gw-loss, site: plant-1, line: line-1}\ndata: {dir: ${data}}\nweb: {listen: "127.0.0.1:${this.port}", ingest: {token: loss-ingest-token}}\ncameras: [{name: push}]\n`, { mode: 0o600 });
    await promisify(execFile)(this.program, ["user", "add", "anna", "-d", data, "--password-file", password]);
    await this.start();
  }

  async start() {
    const child = (this.child = spawn(this.program, ["run", "-c", this.config], { stdio: ["ignore", "pipe", "pipe"] }));
    this.gone = new Promise((done) => child.on("exit", done));
    for (const s of [child.stdout, child.stderr]) s.on("data", (b) => (this.log = [...this.log.slice(-500), String(b)]));
    for (let i = 0; i < 300; i++) {
      if (await fetch(`${this.url}/readyz`).then((r) => r.ok, () => false)) return;
      await pause(50);
    }
    throw new Error(`the gateway did not start: ${this.log.join("").slice(-800)}`);
  }

  async kill() {
    this.child?.kill("SIGKILL");
    await this.gone;
  }

  /** Pushes pictures while the condition holds, as many as a person can use. */
  async feed(goesOn) {
    for (let n = 1; goesOn(); ) {
      const part = `P${String(n).padStart(6, "0")}`;
      const grey = Uint8Array.from({ length: 64 * 64 }, (_, i) => (i * 31 + n * 7919 + ((i * n) >> 3)) & 255);
      const open = await this.open().catch(() => ahead);
      if (open >= ahead) { await pause(200); continue; }
      const answer = await fetch(`${this.url}/ingest/v1/images?camera=push&name=${part}.png&part=${part}`, { method: "POST", headers: { Authorization: "Bearer loss-ingest-token" }, body: greyPng(grey, 64, 64) }).catch(() => undefined);
      if (answer?.ok) n++;
      else await pause(100);
    }
  }

  async open() {
    return (await this.ask("/status")).queue.open;
  }

  async ask(at) {
    if (!this.cookie) {
      const r = await fetch(`${this.url}/api/v1/session`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user: "anna", password: "anna-password" }) });
      this.cookie = r.ok ? r.headers.get("set-cookie")?.split(";")[0] : undefined;
    }
    const r = await fetch(`${this.url}/api/v1${at}`, { headers: { Cookie: this.cookie ?? "" } });
    if (r.status === 401) this.cookie = undefined;
    if (!r.ok) throw new Error(`${at}: ${r.status}`);
    return r.json();
  }

  /** Waits until all that was given is there, at most two minutes, then says what is missing and what is there twice. */
  async settled(given, meanwhile) {
    for (let i = 0; ; i++) {
      const there = await this.labels();
      const missing = [...given.keys()].filter((part) => !there.has(part));
      const short = [...given].filter(([part, n]) => (there.get(part)?.length ?? 0) < n).map(([part]) => part);
      const all = [...there.values()].flat();
      const seen = new Set(), doubled = all.filter((l) => { const key = `${l.item} ${l.decided}`; return seen.has(key) || (seen.add(key), false); }).map((l) => l.item);
      if (i >= 60 || (missing.length === 0 && short.length === 0)) return { missing: [...new Set([...missing, ...short])], doubled, labels: all.length };
      await meanwhile();
      await pause(2000);
    }
  }

  /** All labels by part. */
  async labels() {
    const out = new Map();
    for (let cursor = ""; ; ) {
      const page = await this.ask(`/items?state=labeled&order=oldest&limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      for (const row of page.items ?? []) {
        const part = row.part?.partId ?? row.images?.[0]?.part?.partId;
        if (part) out.set(part, (await this.ask(`/items/${row.id}`)).labels);
      }
      if (!page.next) return out;
      cursor = page.next;
    }
  }
}
