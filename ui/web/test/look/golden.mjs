// Compares every screen with the picture that was kept of it, in both languages. `node test/look/golden.mjs [--renew] [PATTERN]`
// What is drawn depends on the browser and the fonts: where those are others than when the pictures were taken, it says so and stops.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { difference, read, reduce, write } from "./pixels.mjs";
import { scenes } from "./scenes.mjs";
import { Stand } from "./stand.mjs";

const folder = path.join(import.meta.dirname, "..", "golden");
const renew = process.argv.includes("--renew");
const pattern = new RegExp(process.argv.slice(2).find((a) => !a.startsWith("--")) ?? "");
const most = 60_000, mostInAll = 2_500_000; // bytes
const far = 48, share = 0.004; // a pixel differs by more than `far` of 255; at most such a share of them does

/** What the look depends on beside the page: the browser's major version, and how it draws a few words in the page's fonts. */
const surroundings = async (stand) => {
  const page = await stand.browser.newPage();
  await page.setContent(`<canvas width="640" height="80"></canvas>`);
  const drawn = await page.evaluate(() => {
    const canvas = document.querySelector("canvas"), ink = canvas.getContext("2d");
    ink.font = '20px "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif';
    ink.fillText("合格 不合格 无法判定 划痕 12.4 mm", 4, 30);
    ink.font = '20px "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif';
    ink.fillText("OK Not OK Can't decide Scratch 12.4 mm", 4, 65);
    return canvas.toDataURL();
  });
  await page.close();
  return { chromium: stand.browser.version().split(".")[0], fonts: createHash("sha256").update(drawn).digest("hex").slice(0, 16) };
};

const live = (page) => [page.locator(".stage-hud .zoom-live"), page.locator(".progress")]; // what moves whatever the clock says

const stand = await Stand.open({ plain: true });
const now = await surroundings(stand), recorded = path.join(folder, "surroundings.json");
const then = JSON.parse(await readFile(recorded, "utf8").catch(() => "null"));
await mkdir(folder, { recursive: true });
let failed = 0, total = 0;

/** Compares or keeps one picture; returns its size in bytes. */
const one = async (name, scene, lang) => {
  const file = path.join(folder, `${name}-${lang}.png`);
  let shot;
  await stand.visit(scene, { lang }, async (page) => { shot = reduce(await page.screenshot({ animations: "disabled", caret: "hide", mask: live(page), maskColor: "#808080" })); });
  if (renew) {
    const bytes = write(shot);
    if (bytes.length > most) throw new Error(`${bytes.length} bytes, at most ${most}`);
    await writeFile(file, bytes);
    return bytes.length;
  }
  const kept = await readFile(file), differs = difference(read(kept), shot, far);
  if (differs > share) {
    const seen = path.join(process.env.SHOTS ?? "/tmp", `${name}-${lang}-seen.png`);
    await writeFile(seen, write(shot));
    throw new Error(`${(differs * 100).toFixed(2)} % of the pixels differ, at most ${share * 100} %: ${seen}`);
  }
  return kept.length;
};

if (!renew && (!then || then.chromium !== now.chromium || then.fonts !== now.fonts)) console.log(`skipped: the golden pictures are of ${JSON.stringify(then)}, here is ${JSON.stringify(now)}`);
else {
  for (const [name, scene] of Object.entries(scenes)) for (const lang of ["zh-CN", "en"]) {
    if (!pattern.test(`${name}-${lang}`)) continue;
    await one(name, scene, lang).then((n) => (total += n), (err) => (failed++, console.log(`not ok ${name}-${lang}: ${err.message}`)));
  }
  if (total > mostInAll) failed++, console.log(`not ok ${total} bytes in all, at most ${mostInAll}`);
  if (renew) await writeFile(recorded, JSON.stringify(now) + "\n");
  console.log(`${failed ? "not ok" : "ok"} golden pictures, ${total} bytes`);
}
await stand.close();
process.exitCode = failed ? 1 : 0;
