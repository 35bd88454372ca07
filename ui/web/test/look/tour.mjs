// Takes a picture of every screen, to be looked at. `node test/look/tour.mjs FOLDER [PATTERN]`; a pattern matches NAME-LANGUAGE-THEME-WIDTH.
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { scenes } from "./scenes.mjs";
import { Stand } from "./stand.mjs";

const [folder = "test-results/tour", pattern = ""] = process.argv.slice(2);
const sizes = { 1280: 800, 1024: 768, 800: 1280, 1920: 1080 };
const stand = await Stand.open();
await mkdir(folder, { recursive: true });
for (const [name, scene] of Object.entries(scenes))
  for (const lang of ["zh-CN", "en"])
    for (const theme of ["light", "dark", "contrast"])
      for (const [width, height] of Object.entries(sizes)) {
        const file = `${name}-${lang}-${theme}-${width}`;
        if (!new RegExp(pattern).test(file)) continue;
        const shot = (page) => page.screenshot({ path: path.join(folder, `${file}.png`), animations: "disabled" });
        await stand.visit(scene, { lang, theme, width: Number(width), height }, shot).catch((err) => console.log(`${file}: ${err.message.split("\n")[0]}`));
      }
await stand.close();
