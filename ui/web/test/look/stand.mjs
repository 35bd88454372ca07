// A browser at a fake line whose clock stands still, one line for each visit.
import { launch } from "../browser.mjs";
import { serve } from "../server.mjs";
import { moment } from "./moment.mjs";
import { show } from "./scenes.mjs";

export class Stand {
  static async open(options = {}) {
    return Object.assign(new Stand(), { browser: await launch(), plain: false, ...options });
  }

  /** Shows a scene and calls use(page) with it; complaints of the page are its failures. */
  async visit(scene, { lang = "en", theme = "light", width = 1280, height = 800, text = "1", ...more }, use) {
    const server = await serve(0, { clock: () => moment, plain: this.plain });
    const context = await this.browser.newContext({ viewport: { width, height }, locale: lang, colorScheme: theme === "dark" ? "dark" : "light", timezoneId: "Asia/Shanghai", hasTouch: true, reducedMotion: "reduce", ...more });
    const complaints = [];
    try {
      scene.line?.(server.world);
      await context.addInitScript((kept) => Object.entries(kept).forEach(([k, v]) => localStorage.setItem(`edgelabel.${k}`, v)), { ...(theme === "contrast" ? { theme } : {}), text });
      const page = await context.newPage();
      page.on("pageerror", (e) => complaints.push(String(e)));
      page.on("console", (m) => /Content Security|Refused|TypeError/.test(m.text()) && complaints.push(m.text()));
      await page.clock.setFixedTime(moment);
      await show(page, server, scene);
      await use(page);
      if (complaints.length) throw new Error(complaints.join("\n"));
    } finally {
      await context.close();
      await server.close();
    }
  }

  close() {
    return this.browser.close();
  }
}
