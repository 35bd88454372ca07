// A browser whose process can be killed, with a profile that stays.
import { spawn } from "node:child_process";
import { chromium } from "playwright-core";

const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-port=0", "--window-size=1280,800"];

export class Chromium {
  alive = false;

  constructor(profile) { this.profile = profile; }

  /** The page at the address, in a new process. Rejects when the gateway is away and the panel has kept no page yet. */
  async open(url) {
    this.kill();
    await this.gone;
    const child = spawn(process.env.CHROMIUM ?? "/usr/bin/chromium", [...args, `--user-data-dir=${this.profile}`, "about:blank"], { detached: true, stdio: ["ignore", "ignore", "pipe"] });
    this.child = child;
    this.alive = true;
    this.gone = new Promise((done) => child.on("exit", () => { if (this.child === child) this.alive = false; done(); }));
    const ws = await this.address(child);
    const browser = await chromium.connectOverCDP(ws);
    const page = browser.contexts()[0].pages()[0] ?? (await browser.contexts()[0].newPage());
    page.setDefaultTimeout(10_000);
    for (let i = 0; i < 40 && this.alive; i++) {
      if (await page.goto(url, { timeout: 10_000 }).then(() => true, () => false)) return page;
      await new Promise((done) => setTimeout(done, 250));
    }
    this.kill();
    throw new Error("the page did not open");
  }

  address(child) {
    return new Promise((done, failed) => {
      let text = "";
      child.stderr.on("data", (b) => { text += b; const m = /listening on (ws:\S+)/.exec(text); if (m) done(m[1]); });
      child.on("exit", () => failed(new Error(`chromium ended: ${text.slice(-300)}`)));
    });
  }

  kill() {
    if (!this.alive) return;
    this.alive = false;
    try { process.kill(-this.child.pid, "SIGKILL"); } catch { /* it ended by itself */ }
  }
}
