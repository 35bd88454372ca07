// The page starts while the gateway is away: with the queue last seen, judging goes on, and all of it arrives once the gateway is back.
import assert from "node:assert/strict";
import { rig } from "./kit.mjs";

const { server, complaints, enter, until, go, step, end } = await rig();
const page = await enter("once");
const names = (p) => p.evaluate(() => new Promise((done) => { const r = indexedDB.open("edgelabel"); r.onsuccess = () => { const g = r.result.transaction("kept").objectStore("kept").getAllKeys(); g.onsuccess = () => { r.result.close(); done(g.result); }; }; }));
const slowly = async (what, f) => { for (let i = 0; i < 60; i++) { if (await f()) return; await new Promise((done) => setTimeout(done, 500)); } throw new Error(`never: ${what}`); };
const labels = () => [...server.world.labels.values()].flat().length;
const down = () => ((server.state.fault = "down"), server.dropSockets());

await step("the page can be installed: a manifest, an icon, and a worker that keeps its files", async () => {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  const m = await page.evaluate(async () => (await fetch(document.querySelector("link[rel=manifest]").href)).json());
  assert.deepEqual([m.start_url, m.display, m.icons.length > 0], ["/", "standalone", true]);
  await slowly("the queue is kept", async () => (await names(page)).includes("seen"));
  await slowly("the next items' signals are kept", async () => (await names(page)).some((n) => n.startsWith("series/")));
});
await step("with the gateway off it starts with the same queue, and says so", async () => {
  const before = await page.locator(".queue .q").count();
  down();
  await page.reload();
  await page.waitForSelector(".bench .v");
  assert.equal(await page.locator(".queue .q").count(), before);
  await slowly("it says that the gateway is away", async () => /网关/.test(await page.locator(".head .save").innerText()));
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/offline.png` });
});
await step("signals that were fetched ahead are there", async () => {
  await page.locator(".q:has(.spark)").first().click();
  await page.waitForSelector(".shell.window .lane-row");
  assert.equal(await page.locator(".lanes.wait").count(), 0);
});
await step("what is judged now is kept, also over another start, and is not asked for again", async () => {
  const n = await page.locator(".queue .q").count();
  await page.keyboard.press("F2");
  await slowly("it is kept", async () => /本机/.test(await page.locator(".head .save").innerText()));
  await page.reload();
  await page.waitForSelector(".bench .v");
  assert.equal(await page.locator(".queue .q").count(), n - 1);
  assert.equal(labels(), 0);
});
await step("once the gateway is back the label arrives, one time", async () => {
  server.state.fault = "";
  await slowly("it arrives", () => labels() === 1);
  await slowly("the page says saved", async () => /已保存/.test(await page.locator(".head .save").innerText()));
  assert.equal(labels(), 1);
});
await step("an expired sign-in stays with the person: the label waits for exactly that one", async () => {
  down();
  await page.locator(".queue .q:not(.done):not(.now)").first().click();
  await page.waitForTimeout(400); // a verdict right after an advance was meant for the item before
  await page.keyboard.press("F2");
  await slowly("it is kept", async () => /本机/.test(await page.locator(".head .save").innerText()));
  await page.reload();
  await page.waitForSelector(".bench .v");
  server.sessions.clear();
  server.state.fault = "";
  await page.waitForSelector(".enter, input[type=password]", { timeout: 40_000 });
  assert.equal(labels(), 1);
  await page.locator("input").nth(0).fill("wang");
  await page.locator("input[type=password]").fill("demo");
  await page.keyboard.press("Enter");
  await slowly("it arrives", () => labels() === 2);
});
await step("whoever signs out leaves no queue behind", async () => {
  await page.locator(".head .menu").click();
  await page.locator(".me .btn:not(.lock)").click();
  await slowly("nothing is kept", async () => (await names(page)).length === 0);
});
await step("no script error, nothing that the policy refused, no other host", () => assert.deepEqual(complaints, []));
await end();
