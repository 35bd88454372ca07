// Builds the page into dist/: hashed names under assets/, index.html that names them, and a .gz beside every file.
// `--dev` keeps names readable and adds source maps.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import path from "node:path";

const root = import.meta.dirname;
const dist = path.join(root, "dist");
const dev = process.argv.includes("--dev");

await rm(dist, { recursive: true, force: true });
const common = {
  absWorkingDir: root,
  outdir: "dist/assets",
  entryNames: "[name]-[hash]",
  bundle: true,
  format: "esm",
  target: ["chrome109", "firefox115", "safari16.4"],
  minify: !dev,
  sourcemap: dev,
  metafile: true,
  legalComments: "none",
};
// Workers are files of their own: the content policy allows no other kind, and the page asks for one only when a tool needs it.
const worker = async (name) => {
  const { metafile } = await build({ ...common, entryPoints: { [name]: `src/model/${name}/worker.ts` } });
  return JSON.stringify("/" + path.posix.relative("dist", Object.keys(metafile.outputs).find((f) => f.endsWith(".js"))));
};
const workers = { ASSIST_WORKER: await worker("assist"), WAVES_WORKER: await worker("waves") };
const result = await build({
  ...common,
  entryPoints: { app: "src/main.tsx" },
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  splitting: true,
  define: workers,
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".svg": "file" },
});

const entry = Object.entries(result.metafile.outputs).find(([, o]) => o.entryPoint === "src/main.tsx");
if (!entry) throw new Error("build: no entry point in the output");
const [script, { cssBundle, imports }] = entry;
const href = (file) => "/" + path.posix.relative("dist", file);
const preload = imports.filter((i) => i.kind === "import-statement").map((i) => `<link rel="modulepreload" href="${href(i.path)}">`);
const page = await readFile(path.join(root, "index.html"), "utf8");
await writeFile(
  path.join(dist, "index.html"),
  page
    .replace("<!-- style -->", cssBundle ? `<link rel="stylesheet" href="${href(cssBundle)}">` : "")
    .replace("<!-- script -->", [...preload, `<script type="module" src="${href(script)}"></script>`].join("\n")),
);
for (const file of ["manifest.webmanifest", "icon.svg"]) await copyFile(path.join(root, file), path.join(dist, file));

// What keeps the page on the panel knows every file of this build, and changes its own name for it with any of them.
const shell = (await readdir(dist, { recursive: true, withFileTypes: true })).filter((f) => f.isFile() && !f.name.endsWith(".map"));
const names = shell.map((f) => "/" + path.relative(dist, path.join(f.parentPath, f.name)).split(path.sep).join("/")).sort();
const sum = createHash("sha256");
for (const name of names) sum.update(name).update(await readFile(path.join(dist, name)));
await build({
  ...common,
  outdir: "dist",
  entryNames: "[name]",
  entryPoints: { sw: "src/offline/sw.ts" },
  define: { SHELL: JSON.stringify(["/", ...names.filter((n) => n !== "/index.html")]), BUILD: JSON.stringify(sum.digest("hex").slice(0, 12)) },
});

for (const file of await readdir(dist, { recursive: true, withFileTypes: true })) {
  if (!file.isFile() || file.name.endsWith(".map")) continue;
  const name = path.join(file.parentPath, file.name);
  await writeFile(name + ".gz", gzipSync(await readFile(name), { level: 9 }));
}
await mkdir(path.join(root, ".tsbuild"), { recursive: true });
await writeFile(path.join(root, ".tsbuild", "meta.json"), JSON.stringify(result.metafile));
