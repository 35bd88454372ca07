// Limit pictures and attributes of a class: chosen by an admin among what was judged, seen and answered while judging.
import assert from "node:assert/strict";
import { rig } from "./kit.mjs";

const { server, complaints, enter, until, go, step, end, labels } = await rig();
const { world } = server;
const images = [...world.items.values()].filter((r) => r.kind === "image");
const rect = { x: 754, y: 284, w: 124, h: 76 };
const by = { id: "0322", name: "李强", role: "labeler" };
world.label(images[3].id, { verdict: "not_ok", regions: [{ id: "a", kind: "box", class: "scratch", image: images[3].images[0].sha256, rect }], parent: 0, taxonomy: 7, decided: Date.now() * 1e6 }, "l1", by);
world.label(images[4].id, { verdict: "ok", parent: 0, taxonomy: 7, decided: Date.now() * 1e6 }, "l2", by);

await step("an admin chooses a good and a bad example, and adds an attribute with its answers", async () => {
  const page = await enter("chief", { locale: "en" });
  await go(page, "classes");
  await page.locator("[data-class=scratch] .more").click();
  for (const slot of [0, 2]) {
    await page.locator(".slot").nth(slot).locator(".btn").first().click();
    await page.locator(".goods .btn").first().click();
    await until("its picture is there", () => page.locator(".slot").nth(slot).locator(".crop image").count());
  }
  await page.locator(".cdetails form input").fill("depth");
  await page.keyboard.press("Enter");
  await page.locator(".question input").nth(0).fill("深度");
  await page.locator(".question input").nth(1).fill("Depth");
  await page.locator(".question textarea").fill("felt = 可触及 / Can be felt\nseen = 仅可见 / Only seen");
  await page.locator(".csave .pri").click();
  await until("it is saved", () => server.state.taxonomy.revision === 8);
  const c = server.state.taxonomy.classes.find((k) => k.id === "scratch");
  assert.deepEqual(c.limits.map((l) => [l.kind, l.item, l.rect]), [["good", images[4].id, undefined], ["bad", images[3].id, rect]]);
  assert.deepEqual(c.attributes[0].values.map((v) => v.name.en), ["Can be felt", "Only seen"]);
});
await step("an inspector opens them from the close-up, and answers for the marked region", async () => {
  const page = await enter("once");
  await page.waitForSelector(".v.ok:not(.off)");
  await page.locator(".limitkey").tap();
  await until("both are there", async () => (await page.locator(".limitstrip .limit").count()) === 2);
  const item = images[0];
  await page.keyboard.press("b");
  const b = await page.locator(".stage").boundingBox();
  await page.mouse.move(b.x + b.width * 0.3, b.y + b.height * 0.3);
  await page.mouse.down();
  await page.mouse.move(b.x + b.width * 0.45, b.y + b.height * 0.45, { steps: 5 });
  await page.mouse.up();
  await page.locator(".chip").first().tap();
  await page.locator("[data-attribute=depth]").selectOption("felt");
  await page.locator(".v.not_ok").tap();
  await until("it is stored", () => labels(item.id).length === 1);
  assert.deepEqual(labels(item.id)[0].regions.find((r) => r.attributes)?.attributes, { depth: "felt" });
});
await step("no script error, nothing that the policy refused, no other host", () => assert.deepEqual(complaints, []));
await end();
