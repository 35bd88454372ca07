// A shared panel: it locks, keys do nothing, a wrong PIN is said so, the right one goes on where the person was; a badge changes the person.
import assert from "node:assert/strict";
import { rig } from "./kit.mjs";

const { server, complaints, enter, until, step, end } = await rig();
const page = await enter("chief", { locale: "en" });
const lock = async () => { await page.locator(".head .menu").click(); await page.locator(".me .lock").click(); await page.waitForSelector(".locked"); };
const type = async (digits) => { for (const d of digits) await page.locator(".padkeys .btn", { hasText: d }).first().tap(); await page.locator(".padkeys .btn").last().tap(); };
const labels = () => [...server.world.labels.values()].flat().length;

await step("a person sets a PIN, locks the panel, and no key judges anything", async () => {
  await page.locator(".head .menu").click();
  await page.locator(".pinfield").fill("1357");
  await page.keyboard.press("Enter");
  await until("it is saved", async () => /Saved/.test(await page.locator(".settings [role=status]").innerText()));
  await page.locator(".head .menu").click();
  await lock();
  await page.keyboard.press("F5");
  await page.waitForTimeout(300);
  assert.equal(labels(), 0);
  assert.equal(await page.locator(".bench").count(), 0);
});
await step("it stays locked over a reload; a wrong PIN is said so, the right one opens it", async () => {
  await page.reload();
  await page.waitForSelector(".padkeys");
  await type("2468");
  await page.waitForSelector(".notice.bad");
  assert.match(await page.locator(".notice.bad").innerText(), /PIN is wrong/);
  await type("1357");
  await page.waitForSelector(".bench .v");
});
await step("a PIN that is typed as fast as a scanner opens it too", async () => {
  await lock();
  await page.keyboard.type("1357");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".bench .v");
});
await step("a badge opens it for another person, in whose name the next label is", async () => {
  await lock();
  await page.keyboard.type("0000317");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".bench .v.ok:not(.off)");
  await page.waitForTimeout(200);
  await page.keyboard.press("F5");
  await until("the label is stored", () => labels() === 1);
  assert.equal([...server.world.labels.values()].flat()[0].by.id, "0317");
});
await step("no script error, nothing that the policy refused, no other host", () => assert.deepEqual(complaints, []));
await end();
