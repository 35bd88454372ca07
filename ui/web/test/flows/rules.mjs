// Rules: who is a bad actor, shelving with a reason, thresholds tried on the history, accepted and taken back.
import assert from "node:assert/strict";
import { rig } from "./kit.mjs";

const { server, complaints, enter, until, go, step, end } = await rig();
const shot = async (p, name) => process.env.SHOTS && (await p.waitForTimeout(400), await p.screenshot({ path: `${process.env.SHOTS}/${name}.png` }));
const page = await enter("once");
const rule = (name) => server.fakeRules.rules.find((r) => r.name === name);

await step("the rule that is wrong more often than right stands first, with its interval", async () => {
  await go(page, "rules");
  await page.waitForSelector(".rrow");
  const first = await page.locator(".rrow").first().innerText();
  assert.match(first, /t03\.feed\.spc/);
  assert.match(first, /误报多于命中/);
  assert.match(await page.locator(".rbudget").first().innerText(), /T-03[^]*12\.4/);
  await shot(page, "rules-zh");
  await page.locator(".rlist .seg .btn").nth(1).click();
  assert.equal(await page.locator(".rrow").count(), 1);
  await page.locator(".rlist .seg .btn").nth(0).click();
});
await step("a rule is shelved for eight hours, not without a reason, and comes back", async () => {
  await page.locator(".rrow").first().click();
  assert.equal(await page.locator("[data-shelve='8']").getAttribute("aria-disabled"), "true");
  await page.locator(".rside .o").nth(1).click();
  await page.locator("[data-shelve='8']").click();
  await until("it is shelved", () => rule("t03.feed.spc").service.state === "shelved");
  assert.equal(rule("t03.feed.spc").service.reason, "传感器故障");
  assert.ok(Math.abs(rule("t03.feed.spc").service.until / 1e6 - Date.now() - 8 * 36e5) < 120_000);
  await page.locator(".rside .btn.pri").click();
  await until("it is back", () => rule("t03.feed.spc").service.state === "in_service");
});
await step("thresholds are tried on the history; one is accepted and taken back", async () => {
  await page.locator("[data-replay]").click();
  await page.waitForSelector(".tried .proposed");
  assert.equal(await page.locator(".tried tbody tr").count(), 4);
  await shot(page, "replay-zh");
  if (!(await page.locator(".rside .o[aria-pressed=true]").count())) await page.locator(".rside .o").nth(2).click();
  await page.locator(".tried .proposed .btn").click();
  await until("it holds", () => server.fakeRules.tunings.at(-1)?.value === 5);
  await page.locator(".rtuned .btn").first().click();
  await until("it is taken back", () => server.fakeRules.tunings.at(-1)?.value === null);
});
await step("in English, dark and small nothing overflows; an empty list says so", async () => {
  const en = await enter("chief", { locale: "en", colorScheme: "dark", viewport: { width: 1024, height: 768 } });
  await go(en, "rules");
  await en.locator(".rrow").first().click();
  await en.waitForSelector(".rside");
  await shot(en, "rules-en");
  const over = await en.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]);
  assert.ok(over[0] <= 0 && over[1] <= 0, `overflow ${over}`);
  server.fakeRules.rules = [];
  await go(en, "rules");
  await until("it says that there is none", async () => /No rule/.test(await en.locator(".rrows").innerText()));
});
await step("no script error, nothing that the policy refused, no other host", () => assert.deepEqual(complaints, []));
await end();
