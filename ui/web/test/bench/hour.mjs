// A page that is left open while an hour of live items passes, faster than life: memory after a collection, nodes, listeners.
// `node test/bench/hour.mjs [ITEMS]`
import { enter, open, say } from "./stand.mjs";

const items = Number(process.argv[2] ?? 900), quarters = 4; // one part every four seconds makes 900 in an hour
const stand = await open(), { page, server, context } = stand;
await enter(stand);
await page.waitForSelector(".view[aria-busy=false], .lane-row");
const devtools = await context.newCDPSession(page);
const measure = async () => {
  for (let i = 0; i < 2; i++) await devtools.send("HeapProfiler.collectGarbage"), await page.waitForTimeout(200);
  const { usedSize } = await devtools.send("Runtime.getHeapUsage"), { nodes, jsEventListeners } = await devtools.send("Memory.getDOMCounters");
  return { MB: +(usedSize / 1e6).toFixed(2), nodes, listeners: jsEventListeners };
};
const seen = [];
for (let q = 0; q <= quarters; q++) {
  seen.push(await measure());
  say(`after ${q * 15} min of items`, seen.at(-1));
  for (let i = 0; q < quarters && i < items / quarters; i++) {
    const kind = ["image", "image", "joint", "window"][i % 4], row = server.world.add(kind, i % 3 === 0);
    const left = [...server.world.items.values()].filter((r) => r.state === "open");
    for (const old of left.slice(1, Math.max(1, left.length - 40))) Object.assign(old, { state: "labeled", verdict: "ok", labels: 1, by: "0322" }); // somebody else judges them
    server.hint("item", row.id);
    await page.waitForTimeout(40);
  }
  await page.waitForTimeout(1500);
}
const [first, last] = [seen[1], seen.at(-1)]; // the first quarter fills the caches, which have a size
const grew = { MB: +(last.MB - first.MB).toFixed(2), nodes: last.nodes - first.nodes, listeners: last.listeners - first.listeners };
const ok = grew.MB < 1 && grew.nodes < 300 && grew.listeners < 60;
say(`${ok ? "ok" : "not ok"}: from the first quarter to the last`, grew);
await stand.close();
process.exitCode = ok ? 0 : 1;
