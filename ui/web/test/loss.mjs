// Kills the browser, the gateway and the network at random while somebody labels, then counts.
// `EDGELABEL=program node test/loss.mjs [kills] [seed]`
//
//   pictures ─▶ gateway ◀─ relay ◀─ Chromium ◀─ a person who judges what is on screen
//                 kill       cut       kill
//
// A label counts as given once the page has offered to take it back: then it is on the panel's disk. In the end each of them is on the
// gateway, and none of them twice.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Chromium } from "./loss/chromium.mjs";
import { Gateway } from "./loss/gateway.mjs";
import { Relay } from "./loss/relay.mjs";

const kills = Number(process.argv[2] ?? 5), seed = Number(process.argv[3] ?? 1), program = process.env.EDGELABEL ?? path.join(import.meta.dirname, "../../../bin/edgelabel");
let state = seed;
const random = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const quiet = () => undefined;

const dir = await mkdtemp(path.join(tmpdir(), "edgelabel-loss-"));
const gateway = new Gateway(program, dir), relay = new Relay(() => gateway.port), chromium = new Chromium(path.join(dir, "panel"));
const given = new Map(); // part → verdicts
const done = { browser: 0, gateway: 0, network: 0 };
let page, running = true;

/** What stands on the screen: sign-in, an item, or neither. */
const look = () => page.evaluate(() => ({ signin: !!document.querySelector("input[type=password]"), part: /P\d{6}/.exec(document.querySelector(".head .who2")?.textContent ?? "")?.[0], ready: !document.querySelector(".v.ok.off"), undo: document.querySelector(".pair .tile")?.textContent ?? "" }));

const open = async () => { page = await chromium.open(relay.url); };

/** One verdict, up to where the page promises that it is kept. */
const judge = async () => {
  const now = await look();
  if (now.signin) return signIn();
  if (!now.part || !now.ready) return pause(60);
  await page.keyboard.press(random() < 0.6 ? "F5" : "F2");
  for (let i = 0; i < 40; i++) {
    if ((await look()).undo.includes(now.part)) return void given.set(now.part, (given.get(now.part) ?? 0) + 1);
    await pause(25);
  }
};
const signIn = async () => {
  await page.locator("input").first().fill("anna", { timeout: 2000 });
  await page.locator("input[type=password]").fill("anna-password", { timeout: 2000 });
  await page.keyboard.press("Enter");
  await pause(400);
};

/** The person goes on whatever breaks; only this loop touches the page. */
const work = async () => {
  while (running) await judge().catch(async () => { await pause(100); if (!chromium.alive) await open().catch(quiet); });
};

/** Waits for one more label, so that every kill meets somebody at work. */
const another = async () => {
  const n = total();
  for (let i = 0; i < 200 && total() === n; i++) await pause(100);
};
const total = () => [...given.values()].reduce((a, b) => a + b, 0);

const breakOne = async () => {
  const kind = ["browser", "gateway", "network"][Math.floor(random() * 3)];
  if (kind === "browser") chromium.kill();
  if (kind === "network") relay.cut(200 + random() * 1800);
  if (kind === "gateway") { await gateway.kill(); await pause(random() * 800); await gateway.start(); }
  done[kind]++;
};

try {
  await gateway.prepare();
  await relay.start();
  const pictures = gateway.feed(() => running);
  await open();
  const worker = work();
  for (let i = 0; i < 100 && given.size === 0; i++) await pause(300);
  for (let i = 0; i < kills; i++) { await another(); await pause(random() * 700); await breakOne(); if (i % 20 === 19) console.log(`${i + 1} kills, ${given.size} labels given`); }
  running = false;
  await Promise.all([worker, pictures]);
  if (!chromium.alive) await open();
  const settled = await gateway.settled(given, async () => { if ((await look().catch(() => ({}))).signin) await signIn().catch(quiet); });
  const { missing, doubled, labels } = settled;
  console.log(`${kills} kills (browser ${done.browser}, gateway ${done.gateway}, network ${done.network}), ${given.size} items judged, ${labels} labels on the gateway: ${missing.length} missing, ${doubled.length} doubled`);
  if (given.size < kills * 0.8 || missing.length || doubled.length) { process.exitCode = 1; console.log(JSON.stringify({ missing, doubled })); await writeFile(path.join(tmpdir(), "edgelabel-loss.log"), gateway.log.join("")); }
} finally {
  running = false;
  chromium.kill();
  await gateway.kill();
  await relay.stop();
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
