/** Reads design tokens for what is drawn by hand: once, and again when theme, panel or language change. */
export interface Ink {
  readonly mm: number; // CSS pixels of one millimetre
  readonly size: { readonly xxs: number; readonly xs: number; readonly sm: number; readonly md: number }; // type, CSS pixels
  readonly font: string;
  colour(token: string): string; // "--machine" → "#006771"
}

export function readInk(el: HTMLElement): Ink {
  const style = getComputedStyle(el);
  const seen = new Map<string, string>();
  const colour = (token: string): string => {
    const known = seen.get(token);
    if (known !== undefined) return known;
    const value = style.getPropertyValue(token).trim() || "#808080";
    seen.set(token, value);
    return value;
  };
  const probe = document.createElement("span");
  probe.hidden = true;
  el.append(probe);
  const px = (length: string, otherwise: number): number => {
    probe.style.setProperty("font-size", length);
    return parseFloat(getComputedStyle(probe).fontSize) || otherwise;
  };
  const mm = px("calc(var(--mm) * 10)", 40) / 10;
  const size = { xxs: px("var(--t-2xs)", 11), xs: px("var(--t-xs)", 12), sm: px("var(--t-sm)", 13), md: px("var(--t-md)", 14) };
  probe.remove();
  return { mm, size, font: style.fontFamily, colour };
}

/** Calls back when the tokens may have changed: another theme, language or calibration. */
export function watchInk(changed: () => void): () => void {
  const root = new MutationObserver(changed);
  root.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "style", "class", "lang"] });
  const queries = ["(prefers-color-scheme: dark)", "(max-width: 1100px)", "(min-width: 1800px)"].map((q) => matchMedia(q));
  for (const q of queries) q.addEventListener("change", changed);
  return () => {
    root.disconnect();
    for (const q of queries) q.removeEventListener("change", changed);
  };
}
