// What the flows share: a fake gateway, a browser, and steps that say what failed.
import { launch } from "../browser.mjs";
import { serve } from "../server.mjs";

export const rig = async () => {
  const server = await serve(), browser = await launch(), complaints = [];
  let steps = 0, now;
  const enter = async (token, options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "zh-CN", hasTouch: true, ...options });
    const page = (now = await context.newPage());
    page.on("pageerror", (e) => complaints.push(String(e)));
    page.on("console", (m) => /Content Security|Refused|TypeError/.test(m.text()) && complaints.push(m.text()));
    page.on("request", (r) => !r.url().startsWith(server.url) && !/^(blob|data):/.test(r.url()) && complaints.push(`request to ${r.url()}`));
    await page.goto(`${server.url}/#token=${token}`);
    await page.waitForSelector(".bench .v");
    return page;
  };
  const until = async (what, f) => {
    for (let i = 0; i < 100; i++) {
      if (await f()) return;
      await new Promise((done) => setTimeout(done, 60));
    }
    throw new Error(`never: ${what}`);
  };
  const go = async (page, to) => { await page.locator(".head .menu").click(); await page.locator(`[data-to=${to}]`).click(); };
  const step = async (name, f) => {
    try {
      await f();
      console.log(`ok ${++steps} ${name}`);
    } catch (err) {
      await now?.screenshot({ path: "/tmp/edgelabel-e2e.png" });
      console.log(`not ok ${++steps} ${name}\n${err?.stack ?? err}`);
      process.exitCode = 1;
    }
  };
  const end = async () => { await browser.close(); await server.close(); };
  return { server, complaints, enter, until, go, step, end, labels: (id) => server.world.labels.get(id) ?? [] };
};
