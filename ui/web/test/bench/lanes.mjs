// Frames while eight signals of a million samples each are pulled about. `node test/bench/lanes.mjs`
import { encode } from "../fake/series.mjs";
import { enter, open, say } from "./stand.mjs";

const signals = 8, samples = 1_000_000, step = 1; // ms between samples
const stand = await open(), { page, server, context } = stand;
const data = Array.from({ length: signals }, (_, k) => Float64Array.from({ length: samples }, (_, i) => Math.sin(i / (4000 + k * 900)) * 5 + ((i * 7919 + k * 104729) % 997) / 997));
const row = [...server.world.items.values()].find((r) => r.kind === "window");
const from = row.window.from, tags = data.map((_, k) => `bench.${k}`);
row.window = { from, to: from + samples * step * 1e6, tags };
row.candidates = [];
for (const r of server.world.items.values()) if (r !== row) r.state = "labeled";

/** The least and greatest values of n stretches, as the gateway's pyramid gives them. */
const buckets = (of, a, b, n) => {
  const low = new Float64Array(n).fill(NaN), high = new Float64Array(n).fill(NaN), count = new Uint32Array(n), per = (b - a) / n;
  for (let i = Math.max(0, Math.floor(a)); i < Math.min(samples, b); i++) {
    const k = Math.min(n - 1, Math.floor((i - a) / per)), v = of[i];
    if (!(v >= low[k])) low[k] = v;
    if (!(v <= high[k])) high[k] = v;
    count[k]++;
  }
  return [low, high, count, new Uint8Array(n)];
};
await context.route(/\/series\?/, (route) => {
  const q = new URL(route.request().url()).searchParams, start = Number(q.get("from") ?? from), end = Number(q.get("to") ?? row.window.to), n = Number(q.get("n"));
  const [a, b] = [(start - from) / 1e6 / step, (end - from) / 1e6 / step];
  const columns = data.flatMap((of) => buckets(of, a, b, n));
  const traces = tags.map((tag) => ({ tag, name: tag, unit: "mm/s", kind: "buckets", n, t0: 0, step: ((b - a) * step) / n }));
  return route.fulfill({ contentType: "application/octet-stream", body: encode({ from: start, to: end, traces, gaps: [] }, columns) });
});
await enter(stand);
await page.waitForSelector(".lane-row");
await page.waitForTimeout(1500);

const b = await page.locator(".lane-plot").boundingBox(), middle = [b.x + b.width / 2, b.y + b.height / 2];
await page.mouse.move(...middle);
for (let i = 0; i < 4; i++) await page.mouse.wheel(0, -240), await page.waitForTimeout(80);
await page.waitForTimeout(1000);
const seconds = 4;
const frames = page.evaluate((ms) => new Promise((done) => {
  const at = [], end = performance.now() + ms;
  const tick = (t) => (at.push(t), t < end ? requestAnimationFrame(tick) : done(at));
  requestAnimationFrame(tick);
}), seconds * 1000);
await page.mouse.down();
const until = Date.now() + seconds * 1000;
for (let k = 0; Date.now() < until; k++) await page.mouse.move(middle[0] + b.width * 0.35 * Math.sin(k / 11), middle[1]);
await page.mouse.up();
const gaps = (await frames).map((t, i, all) => t - (all[i - 1] ?? t)).slice(1).sort((x, y) => x - y);
say(`pan, ${signals} signals of ${samples} samples`, { lanes: await page.locator(".lane-row").count(), fps: Math.round(1000 / (gaps.reduce((x, y) => x + y, 0) / gaps.length)), p95: gaps[Math.floor(gaps.length * 0.95)]?.toFixed(1), wanted: ">= 50 fps" });
await stand.close();
