import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { en } from "../src/model/words/en";
import { zh } from "../src/model/words/zh-CN";
import { formatFor } from "../src/model/words/format";
import { pickLanguage } from "../src/model/prefs";

const leaves = (o: object, at = ""): [string, unknown][] => Object.entries(o).flatMap(([k, v]) => (typeof v === "object" && v !== null ? leaves(v as object, `${at}${k}.`) : [[at + k, v] as [string, unknown]]));

test("both languages have the same keys, none empty", () => {
  const [a, b] = [new Map(leaves(en)), new Map(leaves(zh))];
  assert.deepEqual([...a.keys()].sort(), [...b.keys()].sort());
  for (const [key, v] of [...a, ...b]) assert.ok(typeof v === "function" || (typeof v === "string" && v.length > 0), key);
});

test("no Chinese text and no sentence stands in the code of the screens", async () => {
  const root = path.join(process.cwd(), "src", "view");
  for (const file of await readdir(root, { recursive: true })) {
    if (!file.endsWith(".tsx")) continue;
    const code = (await readFile(path.join(root, file), "utf8")).replace(/\/\/.*$/gm, "").replace(/中文|English|<kbd>\w+<\/kbd>/g, "");
    assert.doesNotMatch(code, /[\u4e00-\u9fff]/, file);
    assert.doesNotMatch(code, />[ \t]*[A-Za-z]{3,}[^<>{}()=;\n]*<\//, file);
  }
});

test("spans and sizes are short and never parted from their unit", () => {
  const parted = (text: string): string => text.replaceAll("\u00a0", " ");
  const f = formatFor("en");
  assert.deepEqual([0.4e3, 4.8e3, 42e3, 6 * 60e3, 170 * 60e3, 3 * 86400e3].map(f.span).map(parted), ["400 ms", "4.8 s", "42 s", "6 min", "2 h 50 min", "3 d"]);
  assert.deepEqual([4.8e3, 6 * 60e3, 170 * 60e3].map(formatFor("zh-CN").span).map(parted), ["4.8 秒", "6 分钟", "2 小时 50 分"]);
  assert.deepEqual([999, 3.4e9, 129e9].map(f.bytes).map(parted), ["999 B", "3.4 GB", "129 GB"]);
  assert.deepEqual([f.span(4.8e3), f.bytes(129e9)], ["4.8\u00a0s", "129\u00a0GB"]);
  assert.deepEqual([f.significant(12345.6), f.significant(-0.25), f.number(-3)], ["12,346", "−0.25", "−3"]);
});

test("the language follows the browser", () => {
  assert.deepEqual([["zh"], ["zh-TW", "en"], ["de-DE", "en-GB"], ["de"], []].map(pickLanguage), ["zh-CN", "zh-CN", "en", "en", "en"]);
});
