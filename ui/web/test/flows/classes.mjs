// The taxonomy editor: merge, keys, fault terms, a starter pack, and what the versions say about it. And the size of the panel.
import assert from "node:assert/strict";
import { rig } from "./kit.mjs";

const { server, complaints, enter, until, go, step, end } = await rig();
const page = await enter("chief", { locale: "en" });
const tab = (n) => page.locator(".filters .btn").nth(n).click();
const save = async () => { const before = server.state.taxonomy.revision; await page.locator(".csave .pri").click(); await until("it is saved", () => server.state.taxonomy.revision > before); };

await step("a class is merged, a pack added, a term named, a verdict key moved: one revision", async () => {
  await go(page, "classes");
  await page.locator("[data-class=burr] [data-become]").selectOption("scratch");
  await page.locator("[data-class=dent] .swatch").click();
  await tab(1);
  await page.locator("[data-term=vib] input").nth(2).fill("Shaking");
  await tab(4);
  await page.locator(".rline .btn").click();
  await tab(2);
  await page.locator("[data-key=ok]").selectOption("F8");
  await page.waitForSelector(".historypage .bad");
  assert.equal(await page.locator(".csave .pri").count(), 0);
  await page.locator("[data-key=ok]").selectOption("F1");
  await save();
  const t = server.state.taxonomy, by = (id) => t.classes.find((c) => c.id === id);
  assert.deepEqual([t.mappings, by("burr").retired, by("dent").color, by("w100").name.en, t.modes[0].name.en, t.keys.ok], [[{ from: "burr", to: ["scratch"] }], true, "#b3261e", "100 Crack", "Shaking", "F1"]);
});
await step("the versions say what changed", async () => {
  await tab(3);
  await page.waitForSelector(".rline .tag");
  const said = await page.locator(".rline").first().innerText();
  for (const word of ["merged", "burr → scratch", "added", "w100", "fault terms", "verdict keys"]) assert.ok(said.includes(word), `${word} in ${said}`);
});
await step("F1 is OK now, and F5 does nothing", async () => {
  const worker = await enter("once");
  await worker.waitForSelector(".v.ok:not(.off)");
  assert.match(await worker.locator(".v.ok").innerText(), /F1/);
  await worker.waitForTimeout(200);
  await worker.keyboard.press("F5");
  assert.equal([...server.world.labels.values()].flat().length, 0);
  await worker.keyboard.press("F1");
  await until("the label is stored", () => [...server.world.labels.values()].flat().length === 1);
});
await step("a class that is offered again is merged no more", async () => {
  await tab(0);
  await page.locator("[data-class=burr] .btn[aria-pressed]").click();
  await save();
  assert.deepEqual(server.state.taxonomy.mappings, []);
});
await step("the diagonal of the panel sets the real size of what a glove must hit", async () => {
  for (const [width, height, inches, want] of [[1280, 800, 10.1, 5.88], [1920, 1080, 15.6, 5.56], [1024, 768, 12.1, 4.16]]) {
    const panel = await enter("once", { viewport: { width, height }, screen: { width, height } });
    await panel.locator(".head .menu").click();
    await panel.locator(".diag").fill(String(inches));
    await panel.keyboard.press("Tab");
    await panel.locator("[data-to=judge]").click();
    await panel.waitForSelector(".bench .v");
    const mm = await panel.evaluate(() => parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm")));
    assert.ok(Math.abs(mm - want) < 0.02, `${mm} px per mm at ${inches} inches`);
    const least = (sel) => panel.$$eval(sel, (all) => Math.min(...all.map((e) => Math.min(e.getBoundingClientRect().width, e.getBoundingClientRect().height))));
    assert.ok((await least(".v")) >= 22 * want - 1 && (await least(".chip, .tools .tile")) >= 14.5 * want, `at ${inches} inches`);
  }
});
await step("no script error, nothing that the policy refused, no other host", () => assert.deepEqual(complaints, []));
await end();
