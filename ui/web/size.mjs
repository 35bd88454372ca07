// Checks the byte budget: what a first visit loads, gzipped, is at most 150 kB.
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";

const budget = 150_000;
const dist = path.join(import.meta.dirname, "dist");
const page = await readFile(path.join(dist, "index.html"), "utf8");
let total = 0;
for (const file of await readdir(dist, { recursive: true })) {
  if (!file.endsWith(".gz")) continue;
  const name = file.slice(0, -3);
  const first = name === "index.html" || page.includes("/" + name.split(path.sep).join("/"));
  const { size } = await stat(path.join(dist, file));
  console.log(`${String(size).padStart(8)}  ${first ? "first load" : "later     "}  ${name}`);
  if (first) total += size;
}
console.log(`${String(total).padStart(8)}  of ${budget} bytes gzipped on first load`);
if (total === 0 || total > budget) process.exitCode = 1;
