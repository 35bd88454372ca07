// Signals: over one another, edges that jump to the change, a normal stretch behind, frequencies; by mouse, finger and keyboard.
import assert from "node:assert/strict";
import { rig } from "./kit.mjs";

const { server, complaints, enter, until, step, end } = await rig();
const { world } = server;
const windows = [...world.items.values()].filter((r) => r.kind === "window"), calm = world.add("window", false, Date.now() - 600_000);
world.label(calm.id, { verdict: "ok", parent: 0, taxonomy: 7, decided: Date.now() * 1e6 }, "n1", { id: "0322", name: "李强", role: "labeler" });
const page = await enter("once");
const shot = async (p, name) => process.env.SHOTS && (await p.waitForTimeout(500), await p.screenshot({ path: `${process.env.SHOTS}/${name}.png` }));
const toWindow = async (p) => { await p.locator(".q:has(.spark)").first().click(); await p.waitForSelector(".shell.window .lane-row"); };
const key = (p, n) => p.locator(".lane-bar .lane-seg").first().locator(".lane-btn").nth(n);
const work = (p, id) => p.evaluate((item) => new Promise((done) => { const r = indexedDB.open("edgelabel"); r.onsuccess = () => { const g = r.result.transaction("work").objectStore("work").get(item); g.onsuccess = () => { r.result.close(); done(g.result?.draft.regions?.at(-1)); }; }; }), id);

await step("an interval drawn roughly gets its ends on the change; undo gives back where the finger left them", async () => {
  await toWindow(page);
  await page.waitForTimeout(300);
  const b = await page.locator(".lane-plot").boundingBox(), x = (s) => b.x + (s / 36) * b.width;
  await page.locator(".lane-mode").first().click();
  await page.mouse.move(x(12.4), b.y + 150);
  await page.mouse.down();
  await page.mouse.move(x(19.2), b.y + 160, { steps: 5 });
  await page.mouse.up();
  const at = async () => { const r = await work(page, windows[0].id), w = windows[0].window; return r && [(r.from - w.from) / 1e9, (r.to - w.from) / 1e9]; };
  await until("the ends have jumped", async () => { const s = await at(); return s && Math.abs(s[0] - 13.2) < 0.4 && Math.abs(s[1] - 18.4) < 0.5; });
  await shot(page, "snap");
  await page.keyboard.press("Control+z");
  await until("undo takes the jump back", async () => { const s = await at(); return s && Math.abs(s[0] - 12.4) < 0.1; });
});
await step("all signals over one another, each with its line in the gutter", async () => {
  await key(page, 0).click();
  await page.waitForSelector(".lane-rows.together");
  assert.equal(await page.locator(".lane-swatch").count(), 5);
  await shot(page, "together");
  await page.reload();
  await page.waitForSelector(".bench .v");
  await toWindow(page);
  await page.waitForSelector(".lane-rows.together"); // the panel keeps it
  await key(page, 0).click();
});
await step("a stretch that somebody judged OK lies behind, named; the key takes it away", async () => {
  await page.locator("[data-key=compare]").click();
  await until("it is named", async () => /李强|0322/.test(await page.locator(".lane-note").innerText({ timeout: 500 }).catch(() => "")));
  await shot(page, "normal");
  assert.equal(await page.locator("[data-key=compare]").getAttribute("aria-pressed"), "true");
  await page.locator("[data-key=compare]").click();
  assert.equal(await page.locator("[data-key=compare]").getAttribute("aria-pressed"), "false");
});
for (const [n, lang, theme, size] of [[0, "zh-CN", "light", [1280, 800]], [1, "en", "dark", [1024, 768]]]) {
  await step(`frequencies with their lines, window and axes, ${lang}, ${theme}, ${size[0]}`, async () => {
    const p = n === 0 ? page : await enter("once", { locale: lang, colorScheme: theme, viewport: { width: size[0], height: size[1] } });
    await toWindow(p);
    await key(p, 3).click();
    await p.waitForSelector(".wave-figure canvas");
    assert.match(await p.locator(".wave-figure canvas").getAttribute("aria-label"), /Hz/);
    assert.match(await p.locator(".wave-about").innerText(), n ? /Hann, \d+ samples/ : /汉宁窗/);
    await p.locator(".wave-lines .btn").first().click();
    await shot(p, `spectrum-${lang}`);
    await p.locator(".wave-bar .seg .btn").nth(2).click();
    await until("the spectrogram is named", async () => new RegExp(n ? "Spectrogram" : "时频图").test(await p.locator(".wave-figure canvas").getAttribute("aria-label")));
    await shot(p, `gram-${lang}`);
    const over = await p.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]);
    assert.ok(over[0] <= 0 && over[1] <= 0, `overflow ${over}`);
  });
}
await step("no script error, nothing that the policy refused, no other host", () => assert.deepEqual(complaints, []));
await end();
