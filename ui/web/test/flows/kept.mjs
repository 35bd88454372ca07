// What the gateway keeps and says beside an item: the spectrum of the moment, the order that teaches most, trials of the centre, two labels.
import assert from "node:assert/strict";
import { rig } from "./kit.mjs";

const { server, complaints, enter, until, go, step, end } = await rig();
const { world } = server;
const flagged = [...world.items.values()].find((r) => r.kind === "window");
world.keepSpectrum(flagged);

for (const [lang, theme, size, words] of [["zh-CN", "light", [1280, 800], /留存/], ["en", "dark", [1024, 768], /kept at .*envelope/]]) {
  await step(`the spectrum kept with a candidate is there at once, with its lines, by finger, mouse and keys, ${lang}`, async () => {
    const page = await enter("once", { locale: lang, colorScheme: theme, viewport: { width: size[0], height: size[1] } });
    await page.locator(".q:has(.spark)").first().click();
    await page.waitForSelector(".wave-figure canvas");
    assert.match(await page.locator(".wave-about").innerText(), words);
    const line = page.locator(".wave-lines .btn", { hasText: "BPFO" });
    assert.match(await line.innerText(), /118 Hz · 0\.594 m\/s²/);
    await line.tap();
    assert.equal(await line.getAttribute("aria-pressed"), "true");
    const box = await page.locator(".wave-figure canvas").boundingBox();
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await until("the pointer's frequency is read", async () => (await line.getAttribute("aria-pressed")) === "false");
    await page.locator(".wave-bar .seg .btn").nth(1).focus();
    await page.keyboard.press("Enter");
    await until("samples are reckoned", async () => /Hann|汉宁窗/.test(await page.locator(".wave-about").innerText()));
    await page.locator(".wave-bar .seg .btn").first().focus();
    await page.keyboard.press("Enter");
    await until("the kept one is back", async () => words.test(await page.locator(".wave-about").innerText()));
    const over = await page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]);
    assert.ok(over[0] <= 0 && over[1] <= 0, `overflow ${over}`);
    await page.context().close();
  });
}
await step("the queue in the order that teaches most, narrowed to one kind", async () => {
  const page = await enter("once");
  await go(page, "queue");
  await page.waitForSelector(".ql");
  const first = () => page.locator(".ql").first().innerText();
  const oldest = await first();
  await page.locator(".queuefilters .seg .btn").nth(3).tap();
  await until("another one comes first", async () => (await first()) !== oldest);
  await page.locator(".queuefilters .seg").nth(1).locator(".btn").nth(2).click();
  await until("only signals are left", async () => (await page.locator(".ql").count()) === 2 && (await page.locator(".ql .spark").count()) === 2);
  await page.context().close();
});
for (const [lang, words] of [["zh-CN", /试用到 \d\d:\d\d.*回退 1 次/s], ["en", /on trial until \d\d:\d\d.*1 trial ended/s]]) {
  await step(`the status page says what the centre has on trial, ${lang}`, async () => {
    const page = await enter("chief", { locale: lang });
    await go(page, "status");
    await page.waitForSelector(".target");
    assert.match((await page.locator(".target").allInnerTexts()).join("\n"), words);
    await page.context().close();
  });
}
await step("two labels on one item stand side by side on its picture", async () => {
  const page = await enter("once", { locale: "en" });
  const row = [...world.items.values()].find((r) => r.kind === "image");
  await page.locator(".q").first().click();
  await until("the keys are awake", () => page.locator(".v.ok:not(.off)").count());
  world.label(row.id, { verdict: "not_ok", parent: 0, taxonomy: 7, decided: Date.now() * 1e6, regions: [{ id: "r1", kind: "box", class: "dent", origin: "person", image: row.images[0].sha256, rect: { x: 100, y: 100, w: 80, h: 60 } }] }, "theirs", { id: "0322", name: "李强", role: "labeler" });
  await page.waitForTimeout(200);
  await page.keyboard.press("F5");
  await page.locator("button.save.warn").click();
  await page.waitForSelector(".cl .opinion");
  assert.deepEqual([await page.locator(".cl .opinion image").count(), await page.locator(".cl .opinion rect").count()], [2, 1]);
});
await step("no script error, nothing that the policy refused, no other host", () => assert.deepEqual(complaints, []));
await end();
