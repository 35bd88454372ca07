// Figures of the picture stage in a real browser, for a person to read: nothing here fails on a clock. `node test/bench.mjs`
import { createHash } from "node:crypto";
import { launch } from "./browser.mjs";
import { serve } from "./server.mjs";

const side = 8192, regions = 1000;
const sha = (name) => createHash("sha256").update(name).digest("hex");
const server = await serve();
const browser = await launch();
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en" });
const page = await context.newPage();

/** A tile as the gateway sends it: a noisy JPEG. */
const jpeg = async () => {
  const text = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(512, 512), g = canvas.getContext("2d"), data = g.createImageData(512, 512);
    for (let i = 0; i < data.data.length; i++) data.data[i] = i % 4 === 3 ? 255 : 90 + ((Math.floor(i / 4) * 7919) % 61);
    g.putImageData(data, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.88 })).arrayBuffer());
    return btoa(String.fromCharCode(...bytes.subarray(0, 60000))) + "|" + btoa(Array.from(bytes.subarray(60000), (b) => String.fromCharCode(b)).join(""));
  });
  return Buffer.concat(text.split("|").map((t) => Buffer.from(t, "base64")));
};
const tile = await jpeg();

const rows = [...server.world.items.values()].filter((r) => r.kind === "image");
const [many, large] = rows;
const shape = (i) => ({ id: `m${i}`, origin: "machine", score: 0.5, class: "scratch", image: many.images[0].sha256, x: (i % 40) * 29 + 4, y: Math.floor(i / 40) * 35 + 4 });
const outline = ({ x, y, ...r }, i) => (i % 2 ? { ...r, kind: "box", rect: { x, y, w: 18, h: 14 } } : { ...r, kind: "polygon", points: Array.from({ length: 16 }, (_, k) => [x + 9 + 8 * Math.cos(k / 2.55), y + 9 + 8 * Math.sin(k / 2.55)]) });
many.candidates = [{ id: "c", rule: "bench", detector: "machine_result", from: many.at, score: 0.5, severity: 500, explain: { "zh-CN": "", en: "" }, image: many.images[0].sha256, regions: Array.from({ length: regions }, (_, i) => outline(shape(i), i)) }];
Object.assign(large.images[0], { sha256: sha("large"), width: side, height: side });
large.candidates = [];
server.world.pictures.set(sha("large"), () => tile); // of every place and level
// What is painted last of a picture, so that a first screen is not taken for whole before it is.
await context.addInitScript(() => {
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (source, ...where) {
    if (source instanceof ImageBitmap && this.canvas.isConnected) window.paintedAt = performance.now();
    return draw.call(this, source, ...where);
  };
});

await page.goto(`${server.url}/#token=once`);
await page.waitForSelector(".bench .v");
/** Goes to one of the two neighbours in the queue. */
const open = async (row) => {
  const serial = row.part.partId.slice(-4);
  for (let i = 0; i < 20 && !(await page.locator(".head").textContent())?.includes(serial); i++) await page.keyboard.press(row === many ? "k" : "j"), await page.waitForTimeout(150);
  await page.waitForSelector(".view[aria-busy=false]");
};
const system = await browser.newBrowserCDPSession();
/** CPU time of the page and of what composes it, ms: what a clock on a busy machine cannot tell. */
const cpu = async () => {
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  return processInfo.filter((p) => p.type !== "browser").reduce((sum, p) => sum + p.cpuTime * 1000, 0);
};

const thread = await context.newCDPSession(page);
await thread.send("Performance.enable", { timeDomain: "threadTicks" });
/** CPU time of the page's own thread, ms. */
const own = async () => (await thread.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value * 1000;

/** Frames that the page draws while the mouse pulls the picture about, and the longest of them. */
const pan = async (seconds) => {
  const b = await page.locator(".stage").boundingBox();
  await page.mouse.move(b.x + b.width / 2, b.y + b.height / 2);
  for (let i = 0; i < 3; i++) await page.mouse.wheel(0, -200);
  await page.waitForTimeout(600);
  const from = await cpu();
  const frames = page.evaluate((ms) => new Promise((done) => {
    const at = [], end = performance.now() + ms;
    const tick = (t) => (at.push(t), t < end ? requestAnimationFrame(tick) : done(at));
    requestAnimationFrame(tick);
  }), seconds * 1000);
  await page.mouse.move(b.x + b.width * 0.1, b.y + b.height * 0.05);
  await page.mouse.down();
  const until = Date.now() + seconds * 1000;
  for (let k = 0; Date.now() < until; k++) await page.mouse.move(b.x + b.width * (0.5 + 0.4 * Math.cos(k / 9)), b.y + b.height * (0.5 + 0.4 * Math.sin(k / 9)));
  await page.mouse.up();
  const all = await frames, used = ((await cpu()) - from) / all.length;
  const gaps = all.map((t, i) => t - (all[i - 1] ?? t)).slice(1).sort((a, b) => a - b);
  return { fps: Math.round(1000 / (gaps.reduce((a, b) => a + b, 0) / gaps.length)), p95: gaps[Math.floor(gaps.length * 0.95)]?.toFixed(1), longest: gaps.at(-1)?.toFixed(1), cpuPerFrame: used.toFixed(1) };
};
const say = (what, figures) => console.log(what.padEnd(44), JSON.stringify(figures));

await open(many);
await page.waitForTimeout(500);
say(`pan, ${regions} regions`, await pan(3));

/** From the last touch of a stroke to the frame after the mask is part of the label. */
await page.keyboard.press("Home");
await page.keyboard.press("s");
await page.waitForTimeout(300);
const strokes = [], submits = [];
for (let i = 0; i < 8; i++) {
  const b = await page.locator(".stage").boundingBox();
  const submit = page.evaluate(() => new Promise((done) => window.addEventListener("pointerup", (e) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - e.timeStamp))), { once: true, capture: true })));
  await page.mouse.move(b.x + b.width * 0.2, b.y + b.height * (0.2 + i * 0.06));
  await page.mouse.down();
  await page.mouse.move(b.x + b.width * 0.8, b.y + b.height * (0.25 + i * 0.06), { steps: 12 });
  const lifted = await own();
  await page.mouse.up();
  strokes.push(await submit);
  submits.push((await own()) - lifted);
}
for (const all of [strokes, submits]) all.sort((a, b) => a - b);
say("brush, from lifting to painted, ms", { median: strokes[4].toFixed(1), worst: strokes.at(-1).toFixed(1), cpu: submits[4].toFixed(1), worstCpu: submits.at(-1).toFixed(1) });
await page.keyboard.press("v");

/** From the key that opens the picture to the paint of its last tile; the second time the tiles are in the browser's cache. */
for (const visit of ["fetched", "cached"]) {
  await open(many);
  await page.waitForTimeout(500);
  const tiles = () => page.evaluate(() => performance.getEntriesByType("resource").filter((e) => /\/tiles\//.test(e.name)).length);
  const before = await tiles();
  await page.evaluate(() => window.addEventListener("keydown", (e) => (window.pressedAt = e.timeStamp), { once: true, capture: true }));
  await page.keyboard.press("j");
  await page.waitForSelector(".view[aria-busy=false]");
  await page.waitForTimeout(1500);
  say(`${side}² first screen, ${visit}, ms`, { ms: (await page.evaluate(() => window.paintedAt - window.pressedAt)).toFixed(0), tiles: (await tiles()) - before });
}
say(`pan, ${side}² in tiles`, await pan(3));
await browser.close();
await server.close();
