// Box to mask in a browser's worker, on pictures whose defects somebody outlined: how much of a mask is right, its size, and the time.
// `node test/bench/mask.mjs DATA [SEEDS]`; DATA holds magnetic_tile and bsdata, as ../shared/data/images does.
import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { launch } from "../browser.mjs";

const root = path.join(import.meta.dirname, "..", "..");
const [data, seeds = "4"] = process.argv.slice(2);
if (!data) throw new Error("want the folder with magnetic_tile and bsdata");

const rowsOf = async (file) => (await readFile(path.join(data, file), "utf8")).trim().split("\n").slice(1).map((line) => line.split(","));
const tiles = (await rowsOf("magnetic_tile/index.csv")).filter(([, kind]) => kind !== "Free");
const outlines = JSON.parse(await readFile(path.join(data, "bsdata/polygons.json"), "utf8"));
const pictures = [
  ...tiles.map(([file, kind]) => ({ kind, file: `magnetic_tile/${file}`, mask: `magnetic_tile/${file.replace(/\.jpg$/, ".png")}` })),
  ...Object.entries(outlines).map(([file, shapes]) => ({ kind: "BSData", file: `bsdata/img/${file}`, outlines: shapes.map((s) => s.points) })),
];

const bundle = async (entry) => (await build({ absWorkingDir: root, entryPoints: [entry], bundle: true, format: "esm", minify: true, write: false })).outputFiles[0].text;
const scripts = { "/worker.js": await bundle("src/model/assist/worker.ts"), "/maskpage.js": await readFile(path.join(import.meta.dirname, "maskpage.mjs"), "utf8") };
const browser = await launch();
const page = await browser.newPage();
await page.route("http://mask.test/**", async (route) => {
  const { pathname } = new URL(route.request().url());
  if (pathname === "/") return route.fulfill({ contentType: "text/html", body: "<!doctype html>" });
  if (scripts[pathname]) return route.fulfill({ contentType: "text/javascript", body: scripts[pathname] });
  return route.fulfill({ path: path.join(data, decodeURIComponent(pathname)) });
});
await page.goto("http://mask.test/");
const found = await page.evaluate(async ([list, n]) => (await import("/maskpage.js")).measure(list, n), [pictures, Number(seeds)]);
await browser.close();

const middle = (v, part = 0.5) => v.toSorted((a, b) => a - b)[Math.min(v.length - 1, Math.floor(v.length * part))];
const mean = (v) => v.reduce((a, b) => a + b, 0) / v.length;
const table = (name, of) => {
  const size = of.map((f) => Math.sqrt(f.area) - 1); // of the diameter of a disc with the same area
  const half = of.filter((f) => f.iou >= 0.5).length / of.length, ms = of.map((f) => f.ms);
  console.log(
    `${name.padEnd(22)} ${String(of.length).padStart(5)} boxes  IoU ${mean(of.map((f) => f.iou)).toFixed(3)}  >= 0.5: ${(100 * half).toFixed(1)} %` +
      `  size off by ${(100 * middle(size.map(Math.abs))).toFixed(1)} % (median ${(100 * middle(size)).toFixed(1)} %)  ${middle(ms).toFixed(1)} ms, p95 ${middle(ms, 0.95).toFixed(1)} ms`,
  );
};
const small = ["Blowhole", "Break", "Crack"];
table("Blowhole+Break+Crack", found.filter((f) => small.includes(f.kind)));
for (const kind of [...small, "Fray", "Uneven", "BSData"]) table(kind, found.filter((f) => f.kind === kind));
