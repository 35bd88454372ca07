// Bundles every *.test.ts for node and runs them with node's own test runner. Arguments are passed on to it.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";

const root = path.dirname(import.meta.dirname);
const out = path.join(root, ".tsbuild", "run");
await rm(out, { recursive: true, force: true });
const found = (await readdir(import.meta.dirname, { recursive: true })).filter((f) => /\.test\.tsx?$/.test(f));
await build({
  absWorkingDir: root,
  entryPoints: found.map((f) => path.join("test", f)),
  outdir: out,
  outbase: "test",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  sourcemap: "inline",
  jsx: "automatic",
  jsxImportSource: "preact",
});
const files = (await readdir(out, { recursive: true })).filter((f) => f.endsWith(".test.mjs")).map((f) => path.join(out, f));
const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...process.argv.slice(2), ...files], { stdio: "inherit", cwd: root });
process.exitCode = run.status ?? 1;
