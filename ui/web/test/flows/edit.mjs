// What is done with regions beside drawing them, in a real browser: undo and redo, copy to the next picture, order, the magnet, points by
// keyboard, two fingers, a palm and a pen; heights from a zero, the good part laid on the picture, the picture as a file, a checkerboard, and
// links of a joint item. Screenshots when a folder is given. `node test/flows/edit.mjs [SHOTS_FOLDER] [LANGUAGE] [WIDTHxHEIGHT]`
import assert from "node:assert/strict";
import { rig } from "./kit.mjs";

const [shots, lang = "en", size = "1280x800"] = process.argv.slice(2);
const [width, height] = size.split("x").map(Number);
const { server, complaints, enter, until, step, end, labels } = await rig();
const images = [...server.world.items.values()].filter((r) => r.kind === "image");
const joint = [...server.world.items.values()].find((r) => r.kind === "joint");
const page = await enter("chief", { locale: lang, viewport: { width, height } });
const touch = await page.context().newCDPSession(page);
const stage = () => page.locator(".stage").first();
const at = async (x, y) => {
  const b = await stage().boundingBox();
  return [b.x + b.width * x, b.y + b.height * y];
};
const drag = async (from, to) => {
  await page.mouse.move(...(await at(...from)));
  await page.mouse.down();
  await page.mouse.move(...(await at(...to)), { steps: 5 });
  await page.mouse.up();
};
const fingers = async (type, points, more = {}) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id, ...more })) });
const press = async (...keys) => {
  for (const k of keys) await page.keyboard.press(k), await page.waitForTimeout(90);
};
const shot = async (name) => shots && (await page.waitForTimeout(250), await page.screenshot({ path: `${shots}/edit-${name}-${lang}-${size}.png` }));
const ready = () => page.waitForSelector(".view[aria-busy=false]");
/** A person's regions, as the page keeps them on this panel a moment after each change. */
const kept = async () => {
  await page.waitForTimeout(650);
  return page.evaluate(() => new Promise((done) => {
    const open = indexedDB.open("edgelabel");
    open.onsuccess = () => {
      const all = open.result.transaction("work").objectStore("work").getAll();
      all.onsuccess = () => (open.result.close(), done(Object.fromEntries(all.result.map((w) => [w.item, w.draft.regions ?? []]))));
    };
  }));
};
const own = async (row) => (await kept())[row.id] ?? [];
const tile = (icon) => page.locator(".tools .tile").nth(icon);

await ready();
await stage().focus();

await step("what is undone by a key comes back by a key", async () => {
  await press("b");
  await drag([0.1, 0.15], [0.2, 0.3]);
  await drag([0.8, 0.1], [0.9, 0.25]);
  assert.equal((await own(images[0])).length, 2);
  await press("Control+z");
  assert.equal(await page.locator(".stage-acts .stage-act").count(), 2, "one step back and one forth are offered");
  await press("Control+Shift+z");
  assert.equal((await own(images[0])).length, 2);
});
await step("the magnet lets a box hold on to its neighbour, and can be switched off", async () => {
  await drag([0.2035, 0.16], [0.3, 0.28]);
  const [a, , c] = await own(images[0]);
  assert.ok(Math.abs(c.rect.x - a.rect.x - a.rect.w) < 0.01, `${c.rect.x} beside ${a.rect.x + a.rect.w}`);
  await shot("magnet");
  await page.locator("[data-snap]").click();
  assert.equal(await page.locator("[data-snap]").getAttribute("aria-pressed"), "false");
  await page.locator("[data-snap]").click();
  await press("Delete");
  assert.equal((await own(images[0])).length, 2);
});
await step("a selected region is copied by a tap and pasted on the next picture of the camera in the same place", async () => {
  await press("v");
  await page.touchscreen.tap(...(await at(0.15, 0.22)));
  await shot("selected");
  await tile(1).tap();
  await tile(2).tap();
  const pasted = (await own(images[0])).map((r) => r.id);
  await tile(4).tap();
  assert.deepEqual((await own(images[0])).map((r) => r.id), [pasted[0], pasted[2], pasted[1]], "the copy went behind the other");
  await press("Control+z", "Control+z");
  const first = (await own(images[0]))[0];
  await tile(0).tap();
  await press("j");
  await ready();
  await page.waitForTimeout(300);
  await shot("paste");
  await page.locator(".tools .tile").last().tap();
  const [copy] = await own(images[1]);
  assert.deepEqual([copy.rect, copy.image, copy.origin], [first.rect, images[1].images[0].sha256, "person"]);
});
await step("points of a polygon are moved, made and taken away by keys alone", async () => {
  await press("Escape", "p");
  for (const p of [[0.6, 0.6], [0.75, 0.6], [0.75, 0.75]]) await page.mouse.click(...(await at(...p))), await page.waitForTimeout(80);
  await press("Enter", "v");
  const before = (await own(images[1])).at(-1);
  await page.locator(".stage-keys button").first().focus();
  await press("ArrowRight", "Shift+ArrowDown", "Insert");
  await shot("points");
  const after = (await own(images[1])).at(-1);
  assert.deepEqual([after.points.length, after.points[0][0] - before.points[0][0], after.points[0][1] - before.points[0][1]], [4, 1, 10]);
  await page.locator(".stage-keys button").nth(1).focus();
  await press("Delete");
  assert.equal((await own(images[1])).at(-1).points.length, 3);
});
await step("two fingers zoom and move, a palm draws nothing, and a pen draws while a hand rests on the glass", async () => {
  await press("Escape", "b");
  const n = (await own(images[1])).length;
  const [x, y] = await at(0.5, 0.5);
  const zoom = await page.locator(".stage-fit span").innerText();
  await fingers("touchStart", [[x - 40, y], [x + 40, y]]);
  await fingers("touchMove", [[x - 120, y - 30], [x + 120, y - 30]]);
  await fingers("touchEnd", []);
  assert.notEqual(await page.locator(".stage-fit span").innerText(), zoom);
  await fingers("touchStart", [[x, y]], { radiusX: 130, radiusY: 130 });
  await fingers("touchMove", [[x + 90, y + 60]], { radiusX: 130, radiusY: 130 });
  await fingers("touchEnd", []);
  assert.equal((await own(images[1])).length, n, "a palm made no box");
  await fingers("touchStart", [[x - 100, y - 60]]);
  await fingers("touchMove", [[x - 30, y - 10]]);
  await shot("loupe");
  await fingers("touchMove", [[x - 20, y]]);
  await fingers("touchEnd", []);
  const pen = (type, px, py) => touch.send("Input.dispatchMouseEvent", { type, x: px, y: py, button: "left", buttons: type === "mouseReleased" ? 0 : 1, pointerType: "pen", clickCount: 1 });
  await pen("mousePressed", x + 60, y + 40);
  await pen("mouseMoved", x + 120, y + 90);
  await pen("mouseReleased", x + 120, y + 90);
  assert.equal((await own(images[1])).length, n + 2);
  const scale = await page.locator(".stage-fit span").innerText();
  await press("v", "j");
  for (let i = 0; i < 6 && (await page.locator(".bench.joint, .bench.window").count()); i++) await press("j"), await page.waitForTimeout(200);
  await ready();
  assert.equal(await page.locator(".stage-fit span").innerText(), scale, "the zoom stays on the pictures of a camera");
  await press("0");
});
await step("the picture with its regions is saved as a file", async () => {
  const [file] = await Promise.all([page.waitForEvent("download"), page.locator("[data-save]").click()]);
  assert.match(file.suggestedFilename(), /^2611-22B-\d+-CAM-2\.png$/);
});
await step("an admin calibrates by a checkerboard, and hears why not", async () => {
  const sent = [];
  let answer = { columns: 8, rows: 6, refused: "tilted" };
  await page.route(/checkerboard\?square=/, (route) => (sent.push(route.request().url()), route.fulfill({ json: answer })));
  await page.route(/\/cameras$/, (route) => route.fulfill({ json: { cameras: [{ name: "CAM-2", mmPerPx: 0.1 }] } }));
  await page.route(/\/cameras\/CAM-2\/scale$/, (route) => (sent.push(route.request().postDataJSON()), route.fulfill({ json: { name: "CAM-2", mmPerPx: 0.0412 } })));
  await press("m");
  await page.locator(".scale .seg .btn").nth(1).click();
  await page.locator(".scale input").fill("2,5");
  await page.locator(".scale .btn.pri").click();
  await until("the reason is said", async () => (await page.locator(".scale small").innerText()).length > 8);
  await shot("board-refused");
  answer = { columns: 8, rows: 6, mmPerPx: 0.0412, spread: 0.0013 };
  await page.locator(".scale .btn.pri").click();
  await until("the scale is there", async () => /0[.,]0412/.test(await page.locator(".scale b").innerText()));
  await shot("board");
  await page.locator(".scale .btn.pri").click();
  await until("it is sent", () => sent.some((s) => s.how === "checkerboard"));
  assert.match(sent[0], /square=2\.5$/);
  assert.equal(sent.at(-1).mmPerPx, 0.0412);
  await press("v");
});
await step("a finding on the picture is linked with one on the signals, and the label says so", async () => {
  for (let i = 0; i < 12 && !(await page.locator(".bench.joint").count()); i++) await press("k"), await page.waitForTimeout(150);
  await ready();
  await page.waitForSelector(".fw");
  const id = await page.evaluate(() => document.querySelector(".head")?.textContent ?? "");
  await page.locator(".fw .f").first().click();
  await page.locator(".linkkey").first().click();
  await shot("linked");
  await press("F8");
  if ((await page.locator(".find.pick").count()) > 0) await press("1");
  const row = [joint, ...[...server.world.items.values()].filter((r) => r.kind === "joint")].find((r) => id.includes(r.part.partId.slice(-4)));
  await until("the label is stored", () => labels(row.id).length > 0);
  const regions = labels(row.id).at(-1).regions;
  const box = regions.find((r) => r.rect), span = regions.find((r) => r.tags);
  assert.deepEqual([box.links, span.links], [[span.id], [box.id]]);
});
await step("no script error, nothing that the policy refused, no other host", () => assert.deepEqual(complaints, []));
await end();
