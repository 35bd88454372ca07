// Signing in with a card: the scanner types its code, wherever the focus is.
import assert from "node:assert/strict";
import { rig } from "./kit.mjs";

const { complaints, enter, until, step, end } = await rig();
const page = await enter("once");
const leave = async () => { await page.locator(".head .menu").click(); await page.locator(".me .btn:not(.lock)").click(); await page.waitForSelector(".enter"); };

await step("a burst of keys that ends in Enter signs in", async () => {
  await leave();
  await page.evaluate(() => {
    document.activeElement?.blur();
    for (const key of [..."0000317", "Enter"]) window.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  });
  await page.waitForSelector(".bench .v");
});
await step("so it does when the code lands in the user field; a card that nobody knows is said so and not left on the screen", async () => {
  await leave();
  await page.fill("[name=username]", "9999999");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".notice.bad");
  await until("the code is gone", async () => (await page.inputValue("[name=username]")) === "");
  await page.fill("[name=username]", "0000317");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".bench .v");
});
await step("no script error, nothing that the policy refused, no other host", () => assert.deepEqual(complaints, []));
await end();
