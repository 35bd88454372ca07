// What a person needs to use the page with weak eyes, thick gloves or a keyboard, on every screen: contrast in the three themes, text at
// 200 %, sizes of what is touched, a focus that shows, nothing to be scrolled sideways. `node test/look/access.mjs [PATTERN]`
import { faint } from "./contrast.mjs";
import { scenes } from "./scenes.mjs";
import { Stand } from "./stand.mjs";

const pattern = new RegExp(process.argv[2] ?? "");
const stand = await Stand.open({ plain: true });
let failed = 0;
const say = (name, what, found) => {
  if (found.length === 0) return;
  failed++;
  console.log(`not ok ${name}: ${what}\n  ${[...new Set(found)].slice(0, 12).join("\n  ")}`);
};

/** What stands out of the window, or is cut off without dots and a title. */
const cut = (page) => page.evaluate(() => {
  const out = [], name = (e) => `${e.tagName.toLowerCase()}.${String(e.className?.baseVal ?? e.className).split(" ").join(".")} “${(e.textContent ?? "").trim().slice(0, 30)}”`;
  const root = document.documentElement;
  const scrolled = (e) => { for (let at = e.parentElement; at; at = at.parentElement) if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return true; return false; };
  if (root.scrollWidth > innerWidth + 1) out.push(`the page is ${root.scrollWidth} px wide`);
  for (const e of document.querySelectorAll("#app *")) {
    const s = getComputedStyle(e);
    if (s.visibility === "hidden" || e.closest("svg, canvas, .stage, .lane-plot, [aria-hidden=true]") || e.getClientRects().length === 0) continue;
    const scrolls = /auto|scroll/.test(s.overflowX), box = e.getBoundingClientRect();
    if (e.scrollWidth > e.clientWidth + 1 && scrolls && e.clientWidth > 0) out.push(`scrolls sideways: ${name(e)}`);
    const leaf = e.childElementCount === 0 && (e.textContent ?? "").trim() !== "";
    if (leaf && s.overflowX === "hidden" && s.textOverflow !== "ellipsis" && e.scrollWidth > e.clientWidth + 1) out.push(`cut off: ${name(e)}`);
    if (leaf && box.width > 0 && (box.right > innerWidth + 1 || box.left < -1)) out.push(`beside the window: ${name(e)}`);
    const bar = document.querySelector(".bar")?.getBoundingClientRect(), pane = leaf && e.closest(".side, .tools, main");
    if (bar && pane && pane.getBoundingClientRect().bottom > bar.top + 2) out.push(`under the verdicts: ${name(pane)}`);
    if (bar && pane && !/auto|scroll|hidden/.test(getComputedStyle(pane).overflowY) && box.bottom > bar.top + 8 && box.top < bar.bottom && !scrolled(e) && !e.closest(".lane-rows")) out.push(`under the verdicts: ${name(e)}`);
    const holder = e.closest("button, .head, .bar, td");
    if (leaf && holder && holder !== e && !/auto|scroll/.test(getComputedStyle(holder).overflowY)) {
      const h = holder.getBoundingClientRect();
      if (box.bottom > h.bottom + 2 || box.top < h.top - 2 || box.right > h.right + 2) out.push(`out of its key: ${name(e)}`);
    }
  }
  return out;
});

/** Keys that are smaller than a glove needs: 22 mm for verdicts, 15 mm on an inspector's path, 10 mm elsewhere. */
const small = (page) => page.evaluate(() => {
  const mm = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm"));
  const size = (e) => Math.min(e.getBoundingClientRect().width, e.getBoundingClientRect().height) / mm;
  const shown = (e) => e.getClientRects().length > 0 && !e.closest("[hidden]");
  const out = [], need = (selector, least) => { for (const e of document.querySelectorAll(selector)) if (shown(e) && size(e) < least - 0.15) out.push(`${size(e).toFixed(1)} of ${least} mm: ${e.className} “${(e.textContent || e.getAttribute("aria-label") || "").trim().slice(0, 24)}”`); };
  need(".bar .v", 22);
  need(".bar .tile, .chip, .tools .tile, .q, .f", 14.9);
  need("button:not(.swatch):not(.lane-plot button), select, input:not([type=range])", 10);
  return out;
});

/** Everything that Tab reaches shows that it has the focus. */
const unseen = async (page) => {
  const out = [];
  for (let i = 0; i < 14; i++) {
    await page.keyboard.press("Tab");
    const bad = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return "";
      const s = getComputedStyle(e), box = e.getBoundingClientRect();
      const ring = (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || /inset/.test(s.boxShadow);
      return ring || e.type === "range" ? (box.width > 0 ? "" : `nothing to see: ${e.className}`) : `no ring: ${e.tagName} ${e.className}`;
    });
    if (bad) out.push(bad);
  }
  return out;
};

/** Changes the theme or the size of the text of the page that is on, as a person does in the menu. */
const wear = async (page, { theme = "light", text = "1" }) => {
  await page.evaluate(([t, size]) => {
    const root = document.documentElement;
  const scrolled = (e) => { for (let at = e.parentElement; at; at = at.parentElement) if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return true; return false; };
    Object.assign(root.dataset, { theme: t, text: size });
    root.style.setProperty("--text", size);
  }, [theme, text]);
  await page.waitForTimeout(250);
};

for (const [name, scene] of Object.entries(scenes)) {
  if (!pattern.test(name)) continue;
  for (const lang of ["zh-CN", "en"]) {
    await stand.visit(scene, { lang }, async (page) => {
      say(`${name}, ${lang}`, "cut", await cut(page));
      say(`${name}, ${lang}`, "too small for a glove", await small(page));
      for (const theme of lang === "en" ? ["light", "dark", "contrast"] : []) {
        await wear(page, { theme });
        say(`${name}, ${theme}`, "contrast", await faint(page));
      }
      await wear(page, { text: "2" });
      say(`${name}, ${lang}, text at 200 %`, "cut", await cut(page));
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}-${lang}-200.png` });
      if (lang !== "en") return;
      await wear(page, {});
      say(name, "focus", await unseen(page));
    }).catch((err) => say(name, lang, [err.message.split("\n")[0]]));
  }
}
console.log(failed ? `not ok ${failed} findings` : "ok contrast, text at 200 %, sizes, focus, no sideways scrolling");
await stand.close();
process.exitCode = failed ? 1 : 0;
