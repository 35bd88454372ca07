// A height map in its colours with a read-out, its window, the good part beside, and a calibration by ruler, in a real browser; screenshots
// when a folder is given. `node test/flows/look.mjs [SHOTS_FOLDER] [LANGUAGE] [WIDTHxHEIGHT] [light|dark]`
import assert from "node:assert/strict";
import { launch } from "../browser.mjs";
import { serve } from "../server.mjs";

const [shots, lang = "en", size = "1280x800", colorScheme = "light"] = process.argv.slice(2);
const [width, height] = size.split("x").map(Number);
const server = await serve();
const rows = [...server.world.items.values()].filter((r) => r.kind === "image");
Object.assign(rows[0].images[0], { mmPerCount: 0.0005 });
const good = rows[1].images[0];
const browser = await launch();
const context = await browser.newContext({ viewport: { width, height }, locale: lang, colorScheme, hasTouch: true });
const page = await context.newPage();
page.setDefaultTimeout(90_000);
const complaints = [], calibrated = [];
page.on("pageerror", (e) => complaints.push(String(e)));
page.on("console", (m) => /Content Security|Refused/.test(m.text()) && complaints.push(m.text()));

/** Heights of 1000 counts on the left edge of the picture, 2.5 more for every pixel to the right. */
const samples = (z, x, y) => {
  const shrink = 2 ** (2 - z), w = Math.min(512, Math.ceil(1200 / shrink) - x * 512), h = Math.min(512, Math.ceil(900 / shrink) - y * 512);
  const out = Buffer.alloc(16 + 2 * w * h);
  out.write("ELP1");
  out.set([16, 1], 4);
  [w, h, 1000, 4000].forEach((v, i) => out.writeUInt16LE(v, 6 + 2 * i));
  for (let i = 0; i < w * h; i++) out.writeUInt16LE(1000 + Math.floor(2.5 * (x * 512 + (i % w)) * shrink), 16 + 2 * i);
  return out;
};
await context.route(/\/samples\/\d+\/\d+_\d+$/, (route) => {
  const [z, x, y] = /(\d+)\/(\d+)_(\d+)$/.exec(route.request().url()).slice(1).map(Number);
  return route.fulfill({ contentType: "application/octet-stream", body: samples(z, x, y) });
});
await context.route(/\/cameras$/, (route) => route.fulfill({ json: { cameras: [{ name: "CAM-2", mmPerPx: 0.1, reference: good }] } }));
await context.route(/\/cameras\/CAM-2\/scale$/, (route) => {
  calibrated.push(route.request().postDataJSON());
  return route.fulfill({ json: { name: "CAM-2", mmPerPx: calibrated[0].mmPerPx, scale: { ...calibrated[0], by: "0001", at: Date.now() * 1e6 } } });
});
const shot = async (name) => shots && (await page.waitForTimeout(300), await page.screenshot({ path: `${shots}/look-${name}-${lang}-${size}-${colorScheme}.png` }));
/** A place on what the keys at the stage's side leave free: 0, 0 is its upper left corner. */
const place = async (x, y) => {
  const b = await page.locator(".stage").first().boundingBox();
  const side = b.width < b.height ? 0 : await page.evaluate(() => Math.round(10 * parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm"))) + 20);
  return [b.x + (b.width - side) * x, b.y + b.height * y];
};

await page.goto(`${server.url}/#token=chief`);
await page.waitForSelector(".view[aria-busy=false]");
await page.waitForTimeout(1500);
await page.mouse.move(...(await place(0.5, 0.5)));
await page.waitForFunction(() => /^[\d.]+ mm$/.test(document.querySelector(".stage-reading")?.textContent ?? ""));
const middle = parseFloat(await page.locator(".stage-reading").innerText());
assert.ok(Math.abs(middle - 0.0005 * 2500) < 0.01, `${middle} mm in the middle`);
await page.touchscreen.tap(...(await place(0.7, 0.5)));
await page.waitForTimeout(300);
assert.ok(parseFloat(await page.locator(".stage-reading").innerText()) > middle, "a finger reads a height too");
await page.locator("[data-look=tone]").click();
await page.waitForSelector(".levels path");
await shot("heights");
await page.locator("[data-zero]").click();
await page.waitForFunction(() => /^0[.,]000 mm$/.test(document.querySelector(".stage-reading")?.textContent ?? ""));
await shot("zero");
await page.locator("[data-zero]").click();
await page.waitForFunction((was) => parseFloat(document.querySelector(".stage-reading")?.textContent ?? "") > was, middle);
const low = await page.locator(".levels input.low").inputValue();
await page.locator(".levels input.low").focus();
for (let i = 0; i < 30; i++) await page.keyboard.press("ArrowRight");
assert.ok(Number(await page.locator(".levels input.low").inputValue()) > Number(low), "keys move the black point");
assert.equal(await page.locator(".levels input").count(), 2);
await shot("window");
await page.locator("[data-look=golden]").click();
await page.waitForSelector(".stage.golden canvas");
await page.waitForTimeout(800);
const panes = await page.locator(".photo > .stage").evaluateAll((all) => all.map((e) => Math.round(e.getBoundingClientRect().width)));
assert.ok(Math.abs(panes[0] - panes[1]) <= 2, `panes of ${panes}`);
await page.waitForFunction(() => /px/.test(document.querySelector(".lookbar .kv small:last-child")?.textContent ?? ""));
await shot("beside");
await page.locator(".lookbar .seg .btn").nth(2).click();
assert.equal(await page.locator(".stage.golden").count(), 0);
await shot("slide");
await page.locator(".lookbar .btn.ghost").click();
await page.keyboard.press("m");
await page.waitForTimeout(150);
for (const p of [[0.3, 0.3], [0.6, 0.3]]) await page.touchscreen.tap(...(await place(...p))), await page.waitForTimeout(200);
await page.locator(".scale input").fill("50");
await shot("calibrate");
await page.locator(".scale .btn.pri").click();
await page.waitForTimeout(300);
assert.equal(calibrated.length, 1);
const px = Number(/= ([\d.]+) px/.exec(calibrated[0].note)?.[1]);
assert.ok(Math.abs(calibrated[0].mmPerPx * px - 50) < 0.1, JSON.stringify(calibrated));
assert.deepEqual(complaints, []);
console.log("ok heights, window, good part and calibration");
await browser.close();
await server.close();
