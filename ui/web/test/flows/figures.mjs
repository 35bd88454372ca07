// The figures about what was judged, in both languages, and saved as files.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { rig } from "./kit.mjs";

const { server, complaints, enter, until, go, step, end } = await rig();
const { world } = server;
[...world.items.values()].slice(0, 6).forEach((r, i) => world.label(r.id, { verdict: i < 4 ? "not_ok" : "ok", classes: i < 4 ? [i < 3 ? "scratch" : "dent"] : [], parent: 0, taxonomy: 7, decided: Date.now() * 1e6 }, `k${i}`, { id: "0317", name: "王敏", role: "labeler" }));
const page = await enter("once", { acceptDownloads: true });
const figure = (p, n) => p.locator(".filters .seg").first().locator(".btn").nth(n).click();

await step("the Pareto chart has a bar for each class, the highest first", async () => {
  await go(page, "progress");
  await page.waitForSelector(".figure .bars");
  const tall = await page.$$eval(".bars", (all) => all.map((e) => Number(e.getAttribute("height"))));
  assert.equal(tall.length, 2);
  assert.ok(tall[0] > tall[1]);
  assert.match(await page.locator(".figure").innerHTML(), /划痕/);
});
await step("the p-chart marks the point outside its limits with a cross", async () => {
  await figure(page, 2);
  await page.waitForSelector(".figure .run");
  assert.deepEqual([await page.locator(".figure .out").count(), await page.locator(".figure .dot").count()], [1, 2]);
});
await step("the defect map lies on the part, and is saved with its picture inside", async () => {
  await figure(page, 1);
  await page.waitForSelector(".figure .ground");
  for (const [n, begins] of [[0, "\x89PNG"], [1, "<svg"]]) {
    const [file] = await Promise.all([page.waitForEvent("download"), page.locator(".csave .btn").nth(n).click()]);
    const data = await readFile(await file.path(), "latin1");
    assert.ok(data.startsWith(begins) && data.length > 5000, `${file.suggestedFilename()}: ${data.length} bytes`);
    if (n === 1) assert.match(data, /data:image\/png;base64/);
  }
});
await step("my own work names nobody else", async () => {
  await figure(page, 3);
  await page.waitForSelector(".mine .tilebox");
  assert.match(await page.locator(".tilebox").first().innerText(), /6/);
  assert.doesNotMatch(await page.locator(".mine").innerText(), /李强/);
});
await step("a filter that finds nothing says so; in English, dark and small nothing overflows", async () => {
  const en = await enter("once", { locale: "en", colorScheme: "dark", viewport: { width: 1024, height: 768 } });
  await go(en, "progress");
  await en.locator(".picks select").selectOption("CAM-9");
  await until("nothing is found", () => en.locator(".charts .void").count());
  const over = await en.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]);
  assert.ok(over[0] <= 0 && over[1] <= 0, `overflow ${over}`);
});
await step("no script error, nothing that the policy refused, no other host", () => assert.deepEqual(complaints, []));
await end();
