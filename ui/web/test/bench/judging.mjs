// How long a verdict takes until the next part is painted, how soon a new item is on screen, and what an inspector reaches by a model of
// their hands and eyes. `node test/bench/judging.mjs`
//
// The model, per part: see (look at the part and decide) + for each tap: find the key, move to it, the page's own answer.
//   see     1.6 s for OK or NG at a glance, 2.2 s where the class has to be told: visual inspection of small parts, trained people
//   find    Hick–Hyman, 0.15 s · log2(n + 1) for n keys to choose from
//   move    Fitts in Shannon's form, ID / throughput, ID = log2(distance / width + 1), from the live page's own rectangles;
//           throughput 4 bit/s, a gloved finger (ISO 9241-411 finds 6 to 7 for a bare one), never under 0.25 s
//   page    measured here, 95 % of the cases
import { enter, open, quantile, say } from "./stand.mjs";

const stand = await open(), { page, server } = stand;
const rounds = 60;
for (let i = 0; i < rounds + 20; i++) server.world.add("image", i % 3 === 0);
for (const r of server.world.items.values()) if (r.kind !== "image") r.state = "labeled";
await enter(stand);

/** Notes in the page, for each OK: from the key to the second frame after the next part is there with its picture. */
await page.evaluate(() => {
  const serial = () => document.querySelector(".head .kv:nth-child(2) b")?.textContent;
  window.times = [];
  let pressed;
  window.addEventListener("keydown", (e) => e.key === "F5" && (pressed = { at: e.timeStamp, serial: serial() }), { capture: true });
  const tick = () => {
    const { at, serial: before } = pressed ?? {};
    if (at && serial() !== before && document.querySelector(".view[aria-busy=false]")) {
      pressed = undefined;
      requestAnimationFrame(() => window.times.push(performance.now() - at));
    }
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
});

await page.waitForSelector(".view[aria-busy=false]");
const devtools = await stand.context.newCDPSession(page);
await devtools.send("Performance.enable");
const busy = async () => (await devtools.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value * 1000;
const before = await busy();
for (let i = 0; i < rounds; i++) {
  await page.waitForSelector(".v.ok:not(.off)");
  await page.waitForTimeout(250); // the next ones are fetched meanwhile, and a tap right after an advance counts for nothing
  await page.keyboard.press("F5");
  await page.waitForFunction((n) => window.times.length > n, i);
}
const times = await page.evaluate(() => window.times), each = (await busy()) - before;
say("verdict to next part painted, ms", { median: quantile(times, 0.5).toFixed(0), p95: quantile(times, 0.95).toFixed(0), worst: Math.max(...times).toFixed(0), mainThread: (each / rounds).toFixed(0), wanted: "p95 <= 100" });

const arrivals = [];
for (let i = 0; i < 10; i++) {
  const row = server.world.add("image", false), from = Date.now();
  server.hint("item", row.id);
  await page.waitForFunction((serial) => [...document.querySelectorAll(".q .l")].some((e) => e.textContent.includes(serial)), row.part.partId.slice(-4), { polling: "raf" });
  arrivals.push(Date.now() - from);
  await page.waitForTimeout(400);
}
say("new item on screen, ms", { median: quantile(arrivals, 0.5).toFixed(0), worst: Math.max(...arrivals).toFixed(0), wanted: "<= 2000" });

const centre = async (selector) => {
  const b = await page.locator(selector).first().boundingBox();
  return { x: b.x + b.width / 2, y: b.y + b.height / 2, width: Math.min(b.width, b.height) };
};
const move = (from, to) => Math.max(0.25, Math.log2(Math.hypot(to.x - from.x, to.y - from.y) / to.width + 1) / 4);
const find = (n) => 0.15 * Math.log2(n + 1);
const mm = await page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm")));
const [ok, ng, chip, box, stage] = [await centre(".v.ok"), await centre(".v.not_ok"), await centre(".chip:nth-child(5)"), await centre(".tools .tile:nth-child(2)"), await centre(".stage")];
const corner = { ...stage, width: 4 * mm }; // the loupe under the finger lets one hit 4 mm
const answer = quantile(times, 0.95) / 1000;
const perHour = (seconds) => Math.round(3600 / seconds);
const verdict = 1.6 + find(3) + (0.75 * move(ok, ok) + 0.25 * move(ok, ng)) + answer;
const withClass = 2.2 + find(3) + move(chip, ng) + find(8) + move(ng, chip) + 2 * answer;
const boxed = withClass + find(5) + 2 * move(ng, box) + find(2) + move(box, corner) + move(corner, corner) + 2 * 0.8 /* settle under the loupe */ + 2 * answer + 2.0 /* look at what was drawn, and mend one corner in two */;
say("verdicts an hour, by the model", { verdicts: perHour(verdict), withClass: perHour(withClass), boxes: perHour(boxed), wanted: "900, 400, 150" });
await stand.close();
