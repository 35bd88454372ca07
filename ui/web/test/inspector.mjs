// An inspector at the page of a running agent: signs in, judges items with keys and taps, draws a box, and says what she did.
//   node test/inspector.mjs URL USER PASSWORD COUNT [SHOTS_FOLDER]
// URL may carry a one-time token (#token=…); USER and PASSWORD are not used then. Exit 1 when anything is not as it must be.
import { launch } from "./browser.mjs";

const [url, user, password, count, shots] = process.argv.slice(2);
const browser = await launch();
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "zh-CN", hasTouch: true, ignoreHTTPSErrors: true });
const page = await context.newPage();
const origin = new URL(url).origin;
const complaints = [];
page.on("pageerror", (e) => complaints.push(String(e)));
page.on("console", (m) => /Content Security|Refused|TypeError/.test(m.text()) && complaints.push(m.text()));
page.on("request", (r) => !r.url().startsWith(origin) && !/^(blob|data):/.test(r.url()) && complaints.push(`request to ${r.url()}`));
const saved = [];
page.on("response", async (r) => {
  if (r.request().method() === "POST" && /\/labels$/.test(r.url()) && r.status() === 201) saved.push(await r.json());
});
const until = async (what, f, tries = 900) => { // 90 s: a quiet line may bring nothing for half of that
  for (let i = 0; i < tries; i++) {
    if (await f()) return;
    await page.waitForTimeout(100);
  }
  throw new Error(`never: ${what}`);
};
const shot = async (name) => shots && page.screenshot({ path: `${shots}/${name}.png` });

// One way to judge after the other: OK by key, NG with a class by key, can't decide by key, NG by tap with a tap on a class, a drawn box.
const ways = [
  async () => page.keyboard.press("F5"),
  async () => (await page.keyboard.press("F8"), pickClass("1")),
  async () => page.keyboard.press("F2"),
  async () => (await page.locator(".v.not_ok").tap(), pickClass("2")),
  async () => (await drawBox(), page.keyboard.press("F5")),
];
async function pickClass(key) {
  const before = saved.length;
  await page.waitForTimeout(300);
  if (saved.length === before) await page.keyboard.press(key);
}
async function drawBox() {
  const stage = page.locator("canvas").first();
  const box = await stage.boundingBox();
  if (!box) return;
  await page.keyboard.press("b");
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.4);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.55, box.y + box.height * 0.55, { steps: 4 });
  await page.mouse.up();
}

try {
  await page.goto(url);
  if (!/#token=/.test(url)) {
    await page.fill("[name=username]", user);
    await page.fill("[name=password]", password);
    await page.keyboard.press("Enter");
  }
  await page.waitForSelector(".bench");
  await shot("queue");
  for (let n = 0; n < Number(count); n++) {
    await until("an item is ready to be judged", () => page.locator(".v.ok:not(.off)").count());
    await page.waitForTimeout(200);
    const before = saved.length;
    await ways[n % ways.length]();
    await until(`label ${n + 1} is durable`, () => saved.length > before);
    if (n < 5) await shot(`judged-${n}`);
  }
  if (complaints.length) throw new Error(complaints.join("\n"));
  const verdicts = saved.map((l) => l.verdict);
  console.log(JSON.stringify({ saved: saved.length, ok: verdicts.filter((v) => v === "ok").length, regions: saved.flatMap((l) => l.regions ?? []).length, ids: saved.map((l) => l.id) }));
} catch (err) {
  await shot("failed");
  console.error(err, complaints);
  process.exitCode = 1;
}
await browser.close();
