// Bundles the trainer for node and runs it: npm run train
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import path from "node:path";

const root = path.dirname(import.meta.dirname);
const out = path.join(root, ".tsbuild", "train");
await build({
  absWorkingDir: root,
  entryPoints: ["train/main.ts", "train/shard.ts"],
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
});
const run = spawnSync(process.execPath, [path.join(out, "main.mjs"), path.join(out, "shard.mjs"), path.join(root, "src/model/assist/weights.ts")], { stdio: "inherit" });
process.exitCode = run.status ?? 1;
