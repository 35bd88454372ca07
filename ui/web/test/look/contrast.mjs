// Contrast by WCAG 2.2: text 4.5:1 (3:1 where it is large), outlines of controls 3:1. What is out of use, and what lies on a photograph, is
// left out.

/** What has too little contrast on a page. */
export const faint = (page) => page.evaluate(() => {
  const parse = (text) => {
    const n = /^color\(srgb/.test(text) ? text.match(/[\d.]+/g).map((v, i) => (i < 3 ? Number(v) * 255 : Number(v))) : (text.match(/[\d.]+/g) ?? []).map(Number);
    return n.length < 3 ? [0, 0, 0, 0] : [n[0], n[1], n[2], n[3] ?? 1];
  };
  const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a)];
  const channel = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const ground = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) {
      const c = parse(getComputedStyle(at).backgroundColor);
      if (c[3] > 0) layers.push(c);
      if (c[3] === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const opacity = (e) => { let o = 1; for (let at = e; at; at = at.parentElement) o *= Number(getComputedStyle(at).opacity); return o; };
  const idle = (e) => e.closest("[aria-disabled=true], :disabled, .stage, .lane-plot, .loupe, .void.dark, canvas, .off, .done, .retired, option") !== null;
  const out = [], name = (e) => `${e.tagName.toLowerCase()}.${String(e.className?.baseVal ?? e.className).split(" ").join(".")} “${(e.textContent ?? "").trim().slice(0, 24)}”`;
  for (const e of document.querySelectorAll("#app *")) {
    const s = getComputedStyle(e);
    if (e.getClientRects().length === 0 || s.visibility === "hidden" || idle(e)) continue;
    const below = ground(e), text = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (text) {
      const svg = e instanceof SVGElement, c = parse(svg ? s.fill : s.color), size = parseFloat(s.fontSize), large = size >= 24 || (size >= 18.6 && Number(s.fontWeight) >= 700);
      const seen = ratio(over([c[0], c[1], c[2], c[3] * opacity(e)], below), below);
      if (seen < (large ? 3 : 4.5) - 0.02) out.push(`${seen.toFixed(2)}:1 text ${name(e)}`);
    }
    if (/^(BUTTON|SELECT|INPUT|TEXTAREA)$/.test(e.tagName) && parseFloat(s.borderTopWidth) > 0 && parseFloat(s.borderLeftWidth) > 0 && s.borderTopStyle !== "none") {
      const around = ground(e.parentElement), edge = over(parse(s.borderTopColor), around), fill = ground(e);
      const seen = Math.max(ratio(edge, around), ratio(fill, around));
      if (parse(s.borderTopColor)[3] > 0 && seen < 2.98) out.push(`${seen.toFixed(2)}:1 outline ${name(e)}`);
    }
  }
  return out;
});
