// Every drawing tool on a picture in a real browser, by finger, mouse and keyboard, and what is saved of it; screenshots when a folder is
// given. `node test/tools.mjs [SHOTS_FOLDER] [LANGUAGE] [WIDTHxHEIGHT] [light|dark]`
import assert from "node:assert/strict";
import { launch } from "./browser.mjs";
import { serve } from "./server.mjs";

const [shots, lang = "en", size = "1280x800", colorScheme = "light"] = process.argv.slice(2);
const [width, height] = size.split("x").map(Number);
const server = await serve();
const browser = await launch();
const context = await browser.newContext({ viewport: { width, height }, locale: lang, colorScheme, hasTouch: true });
const page = await context.newPage();
const complaints = [];
page.on("pageerror", (e) => complaints.push(String(e)));
page.on("console", (m) => /Content Security|Refused|Error/.test(m.text()) && complaints.push(m.text()));

await page.goto(`${server.url}/#token=once`);
await page.waitForSelector(".v.ok:not(.off)");
await page.waitForTimeout(300);
await page.locator(".stage").focus();
const box = await page.locator(".stage").boundingBox();
const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
const touch = await context.newCDPSession(page);
const finger = async (points) => {
  const send = (type, p) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: p ? p.map(([x, y], id) => ({ x, y, id })) : [] });
  await send("touchStart", points[0]);
  for (const p of points.slice(1)) await send("touchMove", p);
  return async () => send("touchEnd");
};
const mouse = async (...points) => {
  await page.mouse.move(...at(...points[0]));
  await page.mouse.down();
  for (const p of points.slice(1)) await page.mouse.move(...at(...p), { steps: 4 });
  await page.mouse.up();
};
const taps = async (...points) => {
  for (const p of points) await page.touchscreen.tap(...at(...p)), await page.waitForTimeout(120);
};
const key = async (k) => (await page.keyboard.press(k), await page.waitForTimeout(120));
const shot = async (name) => shots && (await page.waitForTimeout(150), await page.screenshot({ path: `${shots}/tool-${name}-${lang}-${size}-${colorScheme}.png` }));
/** Says NG and gives the regions that the gateway holds then; the undo brings the part back as it was. */
const saved = async () => {
  const before = [...server.world.labels.values()].flat().length;
  await page.waitForTimeout(200);
  await key("F8");
  await page.waitForTimeout(300);
  if ([...server.world.labels.values()].flat().length === before) await key("1");
  for (let i = 0; i < 40 && [...server.world.labels.values()].flat().length === before; i++) await page.waitForTimeout(50);
  const label = [...server.world.labels.values()].flat().at(-1);
  return (label.regions ?? []).filter((r) => r.origin === "person");
};

await key("r");
await mouse([0.3, 0.3], [0.5, 0.45]);
await shot("rotated");
await key("w");
await taps([0.258, 0.6], [0.3, 0.7]);
await page.waitForTimeout(500);
await taps([0.4, 0.77]);
await shot("wire");
await key("Enter");
await page.keyboard.press("l");
await page.waitForTimeout(100);
await taps([0.6, 0.2], [0.7, 0.25], [0.78, 0.2]);
await shot("polyline");
await taps([0.78, 0.2]);
await key("d");
await taps([0.15, 0.2]);
await key("m");
await taps([0.1, 0.4], [0.3, 0.55]);
await shot("measure");
await key("s");
await (await finger([[at(0.6, 0.6)], [at(0.64, 0.62)], [at(0.7, 0.6)], [at(0.74, 0.66)]]))();
await shot("brush");
const strong = await page.locator(".stage-brush label").innerText();
const lift = await finger([[at(0.4, 0.5), at(0.5, 0.5)], [at(0.35, 0.5), at(0.55, 0.5)], [at(0.3, 0.5), at(0.6, 0.5)]]);
await lift();
await page.waitForTimeout(150);
assert.notEqual(await page.locator(".stage-brush label").innerText(), strong, "two fingers change the brush");
await key("[");
await key("e");
await mouse([0.66, 0.55], [0.67, 0.68]);
await shot("erase");
await key("c");
await mouse([0.6, 0.27], [0.74, 0.44]);
await page.waitForTimeout(600);
await shot("cutout");
await key("g");
await taps([0.415, 0.13]);
await page.waitForTimeout(600);
await shot("grow");
const regions = await saved();
console.log(JSON.stringify(regions.map(({ kind, rect, angle, points, runs, size }) => ({ kind, rect, angle, points: points?.length, runs: runs?.length, size }))));
const kinds = regions.map((r) => r.kind).sort();
assert.deepEqual(kinds, ["mask", "mask", "mask", "measure", "point", "polygon", "polyline", "rotated_box"]);
for (const r of regions.filter((m) => m.kind === "mask")) assert.equal(r.runs.reduce((a, b) => a + b, 0), r.rect.w * r.rect.h, "runs fill the mask's rectangle");
assert.deepEqual(complaints, []);
console.log("ok every tool draws, and the gateway has it");
await browser.close();
await server.close();
