// Screenshots of the main screens in both languages and themes. `node test/shots.mjs OUT [filter]`
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { launch } from "./browser.mjs";
import { serve } from "./server.mjs";

const out = process.argv[2] ?? "test-results/shots";
const only = process.argv[3] ?? "";
await mkdir(out, { recursive: true });
const sizes = [[1280, 800], [1024, 768], [1920, 1080]];
const browser = await launch();

const visit = async (page, url, kind) => {
  await page.goto(`${url}/#token=once`);
  await page.waitForSelector(".bench .v");
  for (let i = 0; i < 12 && !(await page.locator(`.shell.${kind}`).count()); i++) await page.keyboard.press("j"), await page.waitForTimeout(80);
  await page.waitForTimeout(700);
};
const scenes = {
  signin: async (page, url) => { await page.goto(url); await page.waitForSelector(".enter"); },
  judge: (page, url) => visit(page, url, "image"),
  ng: async (page, url) => { await visit(page, url, "image"); await page.keyboard.press("F5"); await page.waitForTimeout(500); await page.keyboard.press("F8"); await page.waitForTimeout(400); },
  joint: (page, url) => visit(page, url, "joint"),
  signal: (page, url) => visit(page, url, "window"),
  timeline: async (page, url, server) => { server.world.addDays(); await visit(page, url, "image"); await page.locator(".head .menu").click(); await page.locator("[data-to=timeline]").click(); await page.waitForSelector(".lane-row"); await page.waitForTimeout(500); },
  week: async (page, url, server) => { await scenes.timeline(page, url, server); await page.locator(".lane-lead .seg .btn").nth(5).click(); await page.waitForTimeout(700); await page.locator(".lane-lead .seg .btn").nth(7).click(); await page.waitForTimeout(300); },
  missed: async (page, url, server) => { await scenes.timeline(page, url, server); await page.locator(".lane-mode").click(); const b = await page.locator(".lane-plot").boundingBox(); await page.mouse.move(b.x + b.width * 0.8, b.y + 150); await page.mouse.down(); await page.mouse.move(b.x + b.width * 0.88, b.y + 160, { steps: 4 }); await page.mouse.up(); await page.locator(".opts .o").first().click(); await page.waitForTimeout(400); },
  queue: async (page, url, server) => { const r = [...server.world.items.values()]; for (const i of [2, 5]) server.world.claims.set(r[i].id, { by: "0322", name: "李强", until: (Date.now() + 60000) * 1e6 }); await visit(page, url, "image"); await page.locator(".queue .top").click(); await page.waitForTimeout(500); },
  classes: async (page, url) => { await page.goto(`${url}/#token=chief`); await page.waitForSelector(".bench .v"); await page.locator(".head .menu").click(); await page.locator("[data-to=classes]").click(); await page.locator("[data-class=dent] input").nth(2).fill("1"); await page.locator("[data-class=burr] .btn").first().click(); await page.waitForTimeout(300); },
  menu: async (page, url) => { await visit(page, url, "image"); await page.locator(".head .menu").click(); },
  status: async (page, url) => { await visit(page, url, "image"); await page.locator(".head .menu").click(); await page.locator("[data-to=status]").click(); await page.waitForTimeout(300); },
  history: async (page, url) => { await visit(page, url, "image"); for (const k of ["F5", "F8", "F2"]) await page.keyboard.press(k), await page.waitForTimeout(400); await page.locator(".head .menu").click(); await page.locator("[data-to=history]").click(); await page.waitForTimeout(500); },
  away: async (page, url, server) => { await visit(page, url, "image"); server.state.fault = "away"; server.dropSockets(); await page.keyboard.press("F5"); await page.waitForTimeout(900); },
  done: async (page, url, server) => { for (const r of server.world.items.values()) r.state = "labeled"; await page.goto(`${url}/#token=once`); await page.waitForTimeout(700); },
};

for (const [name, scene] of Object.entries(scenes)) {
  for (const [lang, theme, size] of [["zh-CN", "light", 0], ["en", "dark", 0], ["zh-CN", "dark", 1], ["en", "light", 1], ["zh-CN", "light", 2]]) {
    const file = `${name}-${lang}-${theme}-${sizes[size][0]}`;
    if (only && !new RegExp(only).test(file)) continue;
    const server = await serve();
    const context = await browser.newContext({ viewport: { width: sizes[size][0], height: sizes[size][1] }, locale: lang, colorScheme: theme });
    const page = await context.newPage();
    page.on("console", (m) => ["error", "warning"].includes(m.type()) && console.log(file, m.text()));
    page.on("pageerror", (e) => console.log(file, String(e)));
    await scene(page, server.url, server);
    await page.screenshot({ path: path.join(out, `${file}.png`) });
    await context.close();
    await server.close();
  }
}
await browser.close();
