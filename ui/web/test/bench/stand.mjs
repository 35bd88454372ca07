// What the measurements share: a line whose pictures cost nothing to make, one page on it, and figures of a list of numbers.
import { launch } from "../browser.mjs";
import { serve } from "../server.mjs";

export const open = async (options = {}) => {
  const server = await serve(0, { plain: true }), browser = await launch();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en", hasTouch: true, ...options });
  const page = await context.newPage();
  return { server, browser, context, page, close: async () => { await browser.close(); await server.close(); } };
};

export const enter = async ({ page, server }) => {
  await page.goto(`${server.url}/#token=once`);
  await page.waitForSelector(".bench .v");
};

/** The value that so great a share of the numbers does not exceed. */
export const quantile = (all, share) => [...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * share))] ?? NaN;

export const say = (what, figures) => console.log(what.padEnd(44), JSON.stringify(figures));
