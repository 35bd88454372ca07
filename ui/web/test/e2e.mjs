// The page in a real browser against the fake gateway: sign in, judge by key and by tap, lose the line, reload, come back, undo, switch
// language; no request to another host, nothing that the content policy refuses. `npm run e2e`
import assert from "node:assert/strict";
import { launch } from "./browser.mjs";
import { serve } from "./server.mjs";

const server = await serve();
const browser = await launch();
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "zh-CN", hasTouch: true });
const page = await context.newPage();
const complaints = [], foreign = [];
page.on("pageerror", (e) => complaints.push(String(e)));
page.on("console", (m) => /Content Security|Refused|TypeError/.test(m.text()) && complaints.push(m.text()));
page.on("request", (r) => !r.url().startsWith(server.url) && !/^(blob|data):/.test(r.url()) && foreign.push(r.url()));

const now = () => page.locator(".q.now .l").innerText();
const labels = () => [...server.world.labels.values()].flat();
const until = async (what, f) => {
  for (let i = 0; i < 100; i++) {
    if (await f()) return;
    await page.waitForTimeout(60);
  }
  throw new Error(`never: ${what}`);
};
const ready = () => until("the picture is ready", () => page.locator(".v.ok:not(.off)").count());
/** Opens a part from the queue, which stands beside pictures and signals; a joint item gives that room to its picture. */
const pick = async (serial) => {
  for (let i = 0; i < 5 && (await page.locator(".bench.joint").count()); i++) await page.keyboard.press("ArrowDown"), await page.waitForTimeout(150);
  await page.locator(".q", { hasText: serial }).click();
};
let steps = 0;
const step = async (name, f) => {
  try {
    await f();
    console.log(`ok ${++steps} ${name}`);
  } catch (err) {
    await page.screenshot({ path: "/tmp/edgelabel-e2e.png" });
    console.log(`not ok ${++steps} ${name}\n${err?.stack ?? err}`);
    process.exitCode = 1;
  }
};

await step("a wrong password is said so, a right one opens the queue", async () => {
  await page.goto(server.url);
  await page.fill("[name=username]", "wang");
  await page.fill("[name=password]", "wrong");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".notice.bad");
  await page.fill("[name=password]", "demo");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".bench");
  await ready();
});
await step("F5 says OK and moves on; saved means that the gateway has it", async () => {
  const before = await now();
  await page.waitForTimeout(150);
  await page.keyboard.press("F5");
  await until("the next item is on screen", async () => (await now()) !== before);
  await until("the label is stored", () => labels().length === 1);
  await until("it says saved", async () => /已保存/.test(await page.locator(".save").innerText()));
  assert.equal(labels()[0].verdict, "ok");
  assert.equal(labels()[0].input, "key");
});
await step("F9 brings the part back; one tap on NG takes the proposal with its region", async () => {
  await page.keyboard.press("F9");
  await until("the first part is back", async () => (await now()).startsWith("0418"));
  await ready();
  await page.waitForTimeout(200);
  await page.locator(".v.not_ok").tap();
  await until("the second revision is stored", () => labels().length === 2);
  const label = labels()[1];
  assert.deepEqual([label.verdict, label.parent, label.origin, label.regions[0].class, label.input], ["not_ok", 1, "accepted", "scratch", "touch"]);
});
await step("NG without a proposal waits for the class", async () => {
  await until("0419 is on screen", async () => (await now()).startsWith("0419"));
  await ready();
  await page.waitForTimeout(200);
  await page.keyboard.press("F8");
  await page.waitForSelector(".v.not_ok[aria-pressed=true]");
  await page.keyboard.press("2");
  await until("the label is stored", () => labels().length === 3);
  assert.deepEqual(labels()[2].classes, ["dent"]);
});
await step("an item that arrives joins at the end of the queue", async () => {
  const count = await page.locator(".q").count();
  const row = server.world.add("image", true);
  server.hint("item", row.id);
  await until("one more", async () => (await page.locator(".q").count()) === count + 1);
  assert.match(await page.locator(".q").last().innerText(), new RegExp(row.part.partId.slice(-4)));
});
await step("with the gateway away the label is kept here, survives a reload and is sent when it is back", async () => {
  await pick("0422");
  await ready();
  await page.waitForTimeout(200);
  server.state.fault = "away";
  server.dropSockets();
  await page.keyboard.press("F2");
  await until("it says kept here", async () => /已存本机/.test(await page.locator(".save").innerText()));
  server.state.fault = "";
  server.state.fault = "full";
  await page.reload();
  await page.waitForSelector(".bench");
  await until("it says not saved", async () => /没有存上/.test(await page.locator(".save").innerText()));
  server.state.fault = "";
  await until("the label is stored", () => labels().length === 4);
  assert.equal(labels()[3].verdict, "not_decidable");
});
await step("an expired sign-in keeps the label until its person is back", async () => {
  await page.waitForSelector(".bench");
  await pick("0423");
  await ready();
  await page.waitForTimeout(200);
  server.sessions.clear();
  await page.keyboard.press("F5");
  await page.waitForSelector(".enter");
  await page.waitForSelector(".notice.warn");
  await page.fill("[name=username]", "wang");
  await page.fill("[name=password]", "demo");
  await page.keyboard.press("Enter");
  await until("the label is stored", () => labels().length === 5);
});
await step("when somebody else judged it too, both are kept and it says so", async () => {
  await page.waitForSelector(".bench");
  await pick("0424");
  await ready();
  await page.waitForTimeout(200);
  const id = [...server.world.items.values()].find((r) => r.part?.partId.endsWith("0424")).id;
  server.world.label(id, { verdict: "not_ok", parent: 0, taxonomy: 7 }, "other", { id: "0322", name: "李强", role: "labeler" });
  await page.keyboard.press("F5");
  await page.waitForSelector(".save.warn");
  assert.equal(server.world.labels.get(id).length, 2);
  await page.locator(".save.warn").click();
  await page.waitForSelector(".clashpage .cl");
  assert.match(await page.locator(".clashpage").innerText(), /李强/);
  await page.locator(".clashpage .btn.pri").click();
  await until("it is settled", async () => (await page.locator(".save.warn").count()) === 0);
  await page.keyboard.press("Escape");
});
await step("a scanned serial opens its part and triggers no hotkey", async () => {
  await page.waitForSelector(".bench");
  const before = labels().length;
  await page.evaluate(() => {
    for (const key of [..."2611-22B-0428", "Enter"]) window.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  });
  await until("0428 is on screen", async () => (await now()).startsWith("0428"));
  assert.equal(labels().length, before);
});
await step("judging again from the history adds a revision", async () => {
  await page.locator(".head .menu").click();
  await page.locator("[data-to=history]").click();
  await page.locator(".hl", { hasText: "0418" }).click();
  await ready();
  await page.waitForTimeout(300);
  const before = labels().length;
  await page.keyboard.press("F5");
  await until("stored", () => labels().length === before + 1);
  await page.waitForSelector(".historypage");
});
await step("the queue narrows to a camera, says who is on what and puts the most suspect first", async () => {
  const row = server.world.add("image", true);
  row.images[0].camera = "CAM-9";
  row.score = 0.99;
  server.world.claims.set(row.id, { by: "0322", name: "李强", until: (Date.now() + 60000) * 1e6 });
  await page.locator(".head .menu").click();
  await page.locator("[data-to=queue]").click();
  await until("the new camera can be chosen", () => page.locator(".queuefilters option", { hasText: "CAM-9" }).count());
  assert.match(await page.locator(".ql", { hasText: "CAM-9" }).innerText(), /李强/);
  await page.locator("[data-pick=camera]").selectOption("CAM-9");
  await until("one is left", async () => (await page.locator(".ql").count()) === 1);
  assert.match(await page.locator(".ql").innerText(), /CAM-9/);
  await page.locator(".picks .btn").click();
  await page.locator(".queuefilters .seg .btn").nth(2).tap();
  await until("it comes first", async () => (await page.locator(".ql").first().innerText()).includes(row.part.partId));
  await page.locator(".queuefilters .seg .btn").first().tap();
  await until("the oldest comes first again", async () => !(await page.locator(".ql").first().innerText()).includes(row.part.partId));
  server.world.claims.clear();
  await page.keyboard.press("Escape");
  await page.waitForSelector(".bench");
});
await step("on the timeline a drag marks what nobody flagged, and saving makes an item with its label", async () => {
  server.world.addDays();
  await page.locator(".head .menu").click();
  await page.locator("[data-to=timeline]").click();
  await page.waitForSelector(".lane-row");
  await until("its candidate is listed", () => page.locator(".band.open").count());
  const before = labels().length, items = server.world.items.size;
  await page.locator(".lane-mode").click();
  const b = await page.locator(".lane-plot").boundingBox();
  await page.mouse.move(b.x + b.width * 0.8, b.y + 150);
  await page.mouse.down();
  await page.mouse.move(b.x + b.width * 0.88, b.y + 150, { steps: 4 });
  await page.mouse.up();
  await page.locator(".opts .o").first().click();
  await page.locator(".opts .o").nth(1).click();
  await page.locator(".sure .o").nth(1).click();
  server.state.fault = "away";
  await page.locator(".saverow .pri").click();
  await page.waitForSelector(".timeline .notice.bad");
  server.state.fault = "";
  await page.locator(".saverow .pri").click();
  await until("the label is stored", () => labels().length === before + 1);
  const label = labels().find((l) => l.regions?.[0]?.kind === "interval" && l.fault);
  assert.deepEqual([label.verdict, label.fault.mode, label.confidence, label.regions[0].class, label.regions[0].tags.length], ["not_ok", "ohe", 2, "chatter", 3]);
  assert.equal(server.world.items.size, items + 1);
  assert.equal(server.world.items.get(label.item).window.from, label.regions[0].from);
  await until("its band is judged", async () => (await page.locator(".band:not(.open)").count()) === 1);
});
await step("a finger marks too, what is marked survives a reload, and keys walk the candidates", async () => {
  const b = await page.locator(".lane-plot").boundingBox();
  await page.locator(".lane-mode").tap();
  await page.touchscreen.tap(b.x + b.width * 0.3, b.y + 150);
  await page.waitForSelector(".ends");
  await page.waitForTimeout(700);
  await page.reload();
  await page.waitForSelector(".bench");
  await page.locator(".head .menu").click();
  await page.locator("[data-to=timeline]").click();
  await page.waitForSelector(".saverow .pri");
  await page.locator(".saverow .btn").first().click();
  await page.waitForSelector(".tindex");
  await page.locator(".lane-lead .btn").nth(5).tap();
  await until("the week's candidates are there", async () => (await page.locator(".band.open").count()) === 3);
  await page.keyboard.press("k");
  await page.waitForSelector(".told");
  const last = await page.locator(".ends").innerText();
  await page.keyboard.press("k");
  await until("an earlier one is chosen", async () => (await page.locator(".ends").innerText()) !== last);
  await page.locator(".saverow .pri").click();
  await page.waitForSelector(".shell.bench.window");
});
await step("the language switches in place", async () => {
  await page.locator(".head .menu").click();
  await page.getByRole("button", { name: "English" }).click();
  assert.equal(await page.getAttribute("html", "lang"), "en");
  await page.locator(".place").first().click();
  await page.waitForSelector(".bench");
  assert.match(await page.locator(".v.ok").innerText(), /OK/);
});
await step("an admin renames a class for everybody; somebody else's change at the same time is kept too", async () => {
  const other = await browser.newContext({ viewport: { width: 1024, height: 768 }, locale: "en" });
  const admin = await other.newPage();
  admin.on("pageerror", (e) => complaints.push(String(e)));
  await admin.goto(`${server.url}/#token=chief`);
  await admin.waitForSelector(".bench .v");
  await admin.locator(".head .menu").click();
  await admin.locator("[data-to=classes]").click();
  await admin.locator("[data-class=dent] input").nth(2).fill("1");
  assert.equal(await admin.locator("[data-class=dent] .flaw").count(), 1);
  await admin.locator("[data-class=dent] input").nth(2).fill("2");
  await admin.locator("[data-class=dent] input").nth(1).fill("Ding");
  const t = server.state.taxonomy;
  server.state.taxonomy = { ...t, revision: t.revision + 1, classes: t.classes.map((c) => (c.id === "burr" ? { ...c, retired: true } : c)) };
  await admin.locator(".csave .pri").click();
  await admin.waitForSelector(".csave .notice.warn");
  await admin.locator(".csave .pri").click();
  await until("it is saved", () => server.state.taxonomy.revision === t.revision + 2);
  const by = (id) => server.state.taxonomy.classes.find((c) => c.id === id);
  assert.deepEqual([by("dent").name.en, by("burr").retired, by("dent").hotkey], ["Ding", true, "2"]);
  await other.close();
});
await step("what a glove must hit is large enough, and nothing overflows", async () => {
  for (const [width, height] of [[1280, 800], [1024, 768], [1920, 1080]]) {
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(200);
    const mm = await page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm")));
    const sizes = await page.$$eval(".v", (all) => all.map((e) => e.getBoundingClientRect()).map((b) => [b.width, b.height]));
    for (const [w, h] of sizes) assert.ok(w >= 22 * mm - 1 && h >= 22 * mm - 1, `verdict ${w}×${h} at ${width}`);
    const chips = await page.$$eval(".chip, .tools .tile", (all) => all.map((e) => e.getBoundingClientRect()).map((b) => Math.min(b.width, b.height)));
    for (const c of chips) assert.ok(c >= 14.5 * mm, `control of ${c} px at ${width}`);
    const over = await page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]);
    assert.ok(over[0] <= 0 && over[1] <= 0, `overflow ${over} at ${width}`);
  }
});
await step("no other host, no script error, nothing the policy refused", async () => {
  assert.deepEqual(foreign, []);
  assert.deepEqual(complaints, []);
});

await browser.close();
await server.close();
