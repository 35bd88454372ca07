// A second person looks at labels: beside the first one, blind, and between two that differ.
import assert from "node:assert/strict";
import { rig } from "./kit.mjs";

const { server, complaints, enter, until, go, step, end, labels } = await rig();
const { world } = server;
const li = { id: "0322", name: "李强", role: "labeler" }, zhao = { id: "0400", name: "赵", role: "reviewer" };
const images = [...world.items.values()].filter((r) => r.kind === "image").slice(0, 5);
const region = (r) => ({ id: "r1", kind: "box", class: "scratch", origin: "person", image: r.images[0].sha256, rect: { x: 700, y: 250, w: 160, h: 110 } });
images.forEach((r, i) => world.label(r.id, { verdict: "not_ok", regions: [region(r)], parent: 0, taxonomy: 7, decided: (Date.now() + i) * 1e6 }, `k${i}`, li));
world.label(images[4].id, { verdict: "ok", parent: 1, taxonomy: 7, review: { of: 1, result: "second" } }, "k9", zhao);
const ready = async (page) => { await page.waitForSelector(".v.ok:not(.off)"); await page.waitForTimeout(250); };
const page = await enter("sun");

await step("the same verdict on what the first person marked agrees, and the next label comes", async () => {
  await go(page, "review");
  await page.locator(".hl").first().click();
  await ready(page);
  assert.match(await page.locator(".why").innerText(), /第一意见/);
  assert.doesNotMatch(await page.locator(".bench").innerText(), /李强/);
  await page.keyboard.press("F8");
  await until("it is stored", () => labels(images[0].id).length === 2);
  const { review, regions, parent } = labels(images[0].id)[1];
  assert.deepEqual([review, regions[0].class, parent], [{ of: 1, result: "agree" }, "scratch", 1]);
});
await step("another verdict corrects; undo gives it once more", async () => {
  await ready(page);
  await page.locator(".v.ok").tap();
  await until("it is stored", () => labels(images[1].id).length === 2);
  assert.equal(labels(images[1].id)[1].review.result, "correct");
  await ready(page);
  await page.keyboard.press("F9");
  await page.waitForTimeout(400);
  await ready(page);
  await page.keyboard.press("F2");
  await until("it is stored again", () => labels(images[1].id).length === 3);
  assert.deepEqual(labels(images[1].id)[2].review, { of: 1, result: "correct" });
});
await step("one tap sends back, another says why; the keys are as large as verdicts", async () => {
  await ready(page);
  await page.locator(".pair .tile").nth(1).tap();
  const mm = await page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm")));
  for (const b of await page.$$eval(".reasons .v", (all) => all.map((e) => Math.min(e.getBoundingClientRect().width, e.getBoundingClientRect().height)))) assert.ok(b >= 22 * mm - 1);
  await page.locator(".reasons .v").nth(2).tap();
  await until("it is stored", () => labels(images[2].id).length === 2);
  const l = labels(images[2].id)[1];
  assert.deepEqual([l.verdict, l.review.result, l.comment], ["not_decidable", "send_back", "有遗漏"]);
});
await step("blind, nothing tells what the first person said", async () => {
  server.state.blind = true;
  await go(page, "review");
  await until("the list is blind", async () => /已隐藏/.test(await page.locator(".hl").first().innerText()));
  await page.locator(".hl").first().click();
  await ready(page);
  assert.equal(await page.locator(".v.hint, .chip.hint, .prop .big").count(), 0);
  await page.keyboard.press("F5");
  await until("it is stored", () => labels(images[3].id).length === 2);
  assert.deepEqual(labels(images[3].id)[1].review, { of: 1, result: "second" });
});
await step("two that differ stand side by side without names, and one of them is made to count", async () => {
  await go(page, "review");
  await page.locator(".filters .btn").nth(1).tap();
  await page.locator(".hl").first().click();
  await page.waitForSelector(".opinions");
  assert.equal(await page.locator(".ocard").count(), 2);
  assert.equal(await page.locator(".opinion rect").count(), 1);
  assert.doesNotMatch(await page.locator(".compare").innerText(), /李强|赵/);
  await page.locator(".settlebar .v").first().tap();
  await until("it is stored", () => labels(images[4].id).length === 3);
  const l = labels(images[4].id)[2];
  assert.deepEqual([l.verdict, l.regions.length, l.review], ["not_ok", 1, { of: 1, against: 2, result: "adjudicate" }]);
  await until("nothing is left", () => page.locator(".historypage .void").count());
});
await step("who is no reviewer does not find it", async () => {
  const other = await enter("once", { locale: "en" });
  await other.locator(".head .menu").click();
  assert.equal(await other.locator("[data-to=review]").count(), 0);
});
await step("no script error, nothing that the policy refused, no other host", () => assert.deepEqual(complaints, []));
await end();
