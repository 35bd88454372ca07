// Every screen of the page in a state worth looking at: what the golden pictures, the checks of contrast and size, and a tour show.
import { heights } from "./heights.mjs";
import { pass } from "./moment.mjs";

const li = { id: "0322", name: "李强", role: "labeler" }, zhao = { id: "0400", name: "赵", role: "reviewer" };
const nextTo = async (page, to) => { await page.locator(".head .menu").click(); await page.locator(`[data-to=${to}]`).click(); };
const settled = (page) => page.waitForFunction(() => !document.querySelector(".progress") && [...document.images].every((i) => i.complete || i.getClientRects().length === 0) && !document.querySelector(".view[aria-busy=true], .lanes.wait"));
const bench = async (page, url, token = "once") => { await page.goto(`${url}/#token=${token}`); await page.waitForSelector(".bench"); };
const item = async (page, url, kind) => {
  await bench(page, url);
  await page.waitForSelector(".bench .v");
  for (let i = 0; i < 12 && !(await page.locator(`.shell.${kind}`).count()); i++) await page.keyboard.press("ArrowDown"), await page.waitForTimeout(120);
};
const at = (to, token = "once") => async (page, { url }) => { await bench(page, url, token); await nextTo(page, to); };
const row = (world, kind, n = 0) => [...world.items.values()].filter((r) => r.kind === kind)[n];
const say = (world, r, draft, by, key) => world.label(r.id, { parent: 0, taxonomy: 7, decided: (world.now - 60_000) * 1e6, ...draft }, key, by);
const scratch = (r, class_ = "scratch") => ({ id: "a", kind: "box", class: class_, origin: "person", image: r.images[0].sha256, rect: { x: 754, y: 284, w: 124, h: 76 } });

/** Six parts judged: four NG, of them one with a second opinion that differs. */
const judged = (world) => {
  const images = [...world.items.values()].filter((r) => r.kind === "image").slice(0, 6);
  images.forEach((r, i) => say(world, r, i < 4 ? { verdict: "not_ok", regions: [scratch(r, i < 3 ? "scratch" : "dent")] } : { verdict: "ok" }, li, `k${i}`));
  world.label(images[0].id, { verdict: "ok", parent: 1, taxonomy: 7, decided: (world.now - 30_000) * 1e6, review: { of: 1, result: "second" } }, "k9", zhao);
};
const busy = (world) => [2, 5].forEach((i) => world.claims.set([...world.items.values()][i].id, { by: li.id, name: li.name, until: (world.now + 60_000) * 1e6 }));
const none = (world) => { for (const r of world.items.values()) r.state = "labeled"; };

/** name → how to get there. `line` changes the fake line before the page opens; `size` is the only one where it makes sense. */
export const scenes = {
  signin: { open: async (page, { url }) => { await page.goto(url); await page.waitForSelector(".enter"); } },
  refused: { open: async (page, { url }) => { await page.goto(url); await page.fill("[name=username]", "wang"); await page.fill("[name=password]", "no"); await page.keyboard.press("Enter"); await page.waitForSelector(".notice.bad"); } },
  image: { open: (page, { url }) => item(page, url, "image") },
  reject: { open: async (page, { url }) => { await item(page, url, "image"); await settled(page); await pass(page, 1000); await page.keyboard.press("F5"); await page.waitForSelector(".q.done"); await settled(page); await pass(page, 2000); await page.keyboard.press("F8"); await page.waitForSelector(".chips.awake"); } },
  heights: { line: (world) => (row(world, "image").images[0].mmPerCount = 0.0005), open: async (page, { url }) => { await heights(page); await item(page, url, "image"); await settled(page); await page.locator("[data-look=tone]").click(); await page.waitForSelector(".levels path"); } },
  signal: { open: (page, { url }) => item(page, url, "window") },
  spectrum: { line: (world) => world.keepSpectrum(row(world, "window")), open: async (page, { url }) => { await item(page, url, "window"); await page.waitForSelector(".wave-figure canvas"); } },
  joint: { open: (page, { url }) => item(page, url, "joint") },
  claimed: { line: busy, open: async (page, { url }) => { await item(page, url, "image"); await page.locator(".q").nth(5).click(); await page.waitForSelector(".why.warn"); } },
  done: { line: none, open: (page, { url }) => bench(page, url) },
  away: { open: async (page, server) => { await item(page, server.url, "image"); await settled(page); server.state.fault = "away"; server.dropSockets(); await pass(page, 1000); await page.keyboard.press("F5"); await page.waitForSelector(".q.done"); await page.waitForSelector(".save.warn"); } },
  locked: { open: async (page, { url }) => { await bench(page, url, "chief"); await page.locator(".head .menu").click(); await page.locator(".me .lock").click(); await page.waitForSelector(".padkeys"); await page.keyboard.press("1"); await page.keyboard.press("2"); } },
  limits: { line: (world) => world.setLimits(), open: async (page, { url }) => { await item(page, url, "image"); await settled(page); await page.locator(".limitkey").click(); await page.waitForSelector(".limitstrip .crop"); } },
  menu: { open: async (page, { url }) => { await bench(page, url, "chief"); await page.locator(".head .menu").click(); } },
  task: { line: (world) => world.setTask(), open: async (page, { url }) => { await bench(page, url, "chief"); await page.locator(".head .menu").click(); await page.waitForSelector(".task"); } },
  queue: { line: busy, open: at("queue") },
  "queue-none": { open: async (page, { url }) => { await at("queue")(page, { url }); await page.locator("[data-pick=age]").selectOption("older"); }, line: none },
  history: { line: judged, open: at("history") },
  "history-none": { open: at("history") },
  review: { line: judged, open: at("review", "sun") },
  adjudicate: { line: judged, open: async (page, { url }) => { await at("review", "sun")(page, { url }); await page.locator(".filters .btn").nth(1).click(); await page.locator(".hl").first().click(); await page.waitForSelector(".opinions"); } },
  timeline: { line: (world) => world.addDays(), open: async (page, { url }) => { await at("timeline")(page, { url }); await page.waitForSelector(".lane-row"); } },
  missed: {
    line: (world) => world.addDays(),
    open: async (page, { url }) => {
      await at("timeline")(page, { url });
      await page.waitForSelector(".lane-row");
      await settled(page);
      await page.locator(".lane-mode").first().click();
      const b = await page.locator(".lane-plot").boundingBox();
      await page.mouse.move(b.x + b.width * 0.8, b.y + 150);
      await page.mouse.down();
      await page.mouse.move(b.x + b.width * 0.88, b.y + 160, { steps: 4 });
      await page.mouse.up();
      await page.mouse.move(1, 1);
    },
  },
  pareto: { line: judged, open: at("progress") },
  map: { line: judged, open: async (page, { url }) => { await at("progress")(page, { url }); await page.locator(".filters .seg").first().locator(".btn").nth(1).click(); await page.waitForSelector(".figure .ground"); } },
  chart: { line: judged, open: async (page, { url }) => { await at("progress")(page, { url }); await page.locator(".filters .seg").first().locator(".btn").nth(2).click(); await page.waitForSelector(".figure .run"); } },
  mine: { line: judged, open: async (page, { url }) => { await at("progress")(page, { url }); await page.locator(".filters .seg").first().locator(".btn").nth(3).click(); await page.waitForSelector(".tilebox"); } },
  rules: { open: at("rules") },
  rule: { open: async (page, { url }) => { await at("rules")(page, { url }); await page.locator(".rrow").first().click(); await page.waitForSelector(".rside"); } },
  similar: {
    line: (world) => say(world, row(world, "image"), { verdict: "not_ok", regions: [scratch(row(world, "image"))] }, { id: "0317", name: "王敏", role: "labeler" }, "s1"),
    open: async (page, { url }) => { await at("history")(page, { url }); await page.locator(".hl").first().click(); await page.locator("[data-similar]").click(); await page.waitForSelector(".stile image"); await page.locator(".stile").nth(1).click(); },
  },
  classes: { open: at("classes", "chief") },
  class: { line: (world) => world.setLimits(), open: async (page, { url }) => { await at("classes", "chief")(page, { url }); await page.locator("[data-class=scratch] .more").click(); await page.waitForSelector(".slots .crop"); } },
  grouped: { line: busy, open: async (page, { url }) => { await at("queue")(page, { url }); await page.locator("[data-pick=group]").selectOption("kind"); } },
  terms: { open: async (page, { url }) => { await at("classes", "chief")(page, { url }); await page.locator(".filters .btn").nth(1).click(); } },
  keys: { open: async (page, { url }) => { await at("classes", "chief")(page, { url }); await page.locator(".filters .btn").nth(2).click(); } },
  versions: { open: async (page, { url }) => { await at("classes", "chief")(page, { url }); await page.locator(".filters .btn").nth(3).click(); await page.waitForSelector(".rline"); } },
  packs: { open: async (page, { url }) => { await at("classes", "chief")(page, { url }); await page.locator(".filters .btn").nth(4).click(); await page.waitForSelector(".rline"); } },
  status: { open: at("status", "chief") },
  "status-well": { line: (world) => (world.well = true), open: at("status", "chief") },
  clash: {
    open: async (page, { url, world }) => {
      await item(page, url, "image");
      await settled(page);
      say(world, row(world, "image"), { verdict: "not_ok", classes: ["dent"], decided: (world.now - 5000) * 1e6 }, li, "c1");
      await pass(page, 1000);
      await page.keyboard.press("F5");
      await page.waitForSelector("button.save.warn");
      await page.locator("button.save.warn").click();
    },
  },
};

/** Goes to a scene and waits until nothing comes any more. */
export const show = async (page, server, { open }) => {
  await open(page, server);
  await page.waitForTimeout(250);
  await settled(page);
  await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))));
  await page.waitForTimeout(200);
};
