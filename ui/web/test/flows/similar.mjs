// One label becomes many: places alike in a grid, accepted one by one, labelled together, taken back together.
import assert from "node:assert/strict";
import { rig } from "./kit.mjs";

const { server, complaints, enter, until, go, step, end } = await rig();
const { world } = server;
const shot = async (p, name) => process.env.SHOTS && (await p.waitForTimeout(500), await p.screenshot({ path: `${process.env.SHOTS}/${name}.png` }));
const image = [...world.items.values()].find((r) => r.images && r.candidates.length), signal = [...world.items.values()].find((r) => r.kind === "window");
const by = { id: "0317", name: "王敏", role: "labeler" };
world.label(image.id, { verdict: "not_ok", regions: [{ id: "a", kind: "box", class: "scratch", image: image.images[0].sha256, rect: { x: 754, y: 284, w: 124, h: 76 } }], parent: 0, taxonomy: 7, decided: Date.now() * 1e6 }, "s1", by);
world.label(signal.id, { verdict: "not_ok", regions: [{ id: "b", kind: "interval", class: "chatter", tags: ["t03.vibration"], from: signal.window.from + 13.4e9, to: signal.window.from + 18.2e9 }], parent: 0, taxonomy: 7, decided: Date.now() * 1e6 }, "s2", by);
const open = async (p, item) => {
  await go(p, "history");
  await p.locator(".hl").filter({ hasText: item.part?.partId ?? "T-03" }).first().click();
  await p.waitForSelector("[data-similar]");
  await p.locator("[data-similar]").click();
  await p.waitForSelector(".stile");
};
const page = await enter("once");

await step("from a judged picture to a grid of regions alike; nothing is accepted before somebody did", async () => {
  await open(page, image);
  await until("the pictures are there", () => page.locator(".stile image").count());
  assert.equal(await page.locator(".stile.yes").count(), 0);
  assert.equal(await page.locator("[data-give]").getAttribute("aria-disabled"), "true");
  await shot(page, "similar-zh");
});
await step("accepted places get the label together, and one key takes them all back", async () => {
  const open = page.locator(".stile:not(.off)");
  await open.nth(0).click();
  await open.nth(1).focus();
  await page.keyboard.press("Enter");
  assert.match(await page.locator("[data-give]").innerText(), /2.*划痕/);
  await page.locator("[data-give]").click();
  await page.waitForSelector("[data-undo]");
  const [done] = [...server.fakeSimilar.spreads.values()];
  assert.deepEqual([done.labeled.length, done.rev], [2, 1]);
  await shot(page, "similar-done");
  await page.locator("[data-undo]").click();
  await until("they are taken back", () => done.undone > 0 && page.locator("[data-give]").count());
});
await step("a lost answer and another try label nothing twice", async () => {
  server.state.fault = "away";
  await page.locator("[data-give]").click();
  await until("it says so", async () => /没有完成/.test(await page.locator(".sfoot").innerText()));
  server.state.fault = "";
  await page.locator("[data-give]").click();
  await page.waitForSelector("[data-undo]");
  assert.equal(server.fakeSimilar.spreads.size, 2);
});
await step("stretches of signals alike, in English, dark and small, without overflow", async () => {
  const en = await enter("once", { locale: "en", colorScheme: "dark", viewport: { width: 1024, height: 768 } });
  await open(en, signal);
  await until("the traces are there", () => en.locator(".slook.trace path").count());
  await en.locator(".sfoot .btn").first().click();
  await shot(en, "similar-en");
  assert.match(await en.locator("[data-give]").innerText(), /Label \d+ as NG, Chatter/);
  const over = await en.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]);
  assert.ok(over[0] <= 0 && over[1] <= 0, `overflow ${over}`);
});
await step("no script error, nothing that the policy refused, no other host", () => assert.deepEqual(complaints, []));
await end();
