// What the panel itself tells and takes: theme, language and touch size on the root element; a warning before work that is only in memory is lost.

import { effect } from "@preact/signals-core";
import type { App } from "../model/app";

const touches = ["pointerdown", "keydown", "wheel"] as const; // what shows that somebody is at the panel

/** Keeps the root element in step until the returned function is called. */
export const bindPanel = (app: App): (() => void) => {
  const { prefs, outbox } = app;
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)"), contrast = matchMedia("(prefers-contrast: more)");
  const onSystem = (): void => void (prefs.system.value = contrast.matches ? "contrast" : dark.matches ? "dark" : "light");
  onSystem();
  for (const query of [dark, contrast]) query.addEventListener("change", onSystem);
  const stop = effect(() => {
    root.lang = prefs.lang.value;
    root.dataset["theme"] = prefs.shade.value;
    root.dataset["text"] = prefs.text.value;
    root.style.setProperty("--text", prefs.text.value);
    if (prefs.mm.value) root.style.setProperty("--mm", `${prefs.mm.value}px`);
    else root.style.removeProperty("--mm");
  });
  const onLeave = (e: BeforeUnloadEvent): void => {
    if (outbox.count.peek() > 0 && !outbox.stored.peek()) e.preventDefault();
  };
  const onBack = (): void => void (document.visibilityState === "visible" && outbox.flush());
  const onTouch = (): void => app.lock.touch();
  for (const kind of touches) window.addEventListener(kind, onTouch, { capture: true, passive: true });
  window.addEventListener("beforeunload", onLeave);
  document.addEventListener("visibilitychange", onBack);
  return () => {
    stop();
    for (const query of [dark, contrast]) query.removeEventListener("change", onSystem);
    for (const kind of touches) window.removeEventListener(kind, onTouch, { capture: true });
    window.removeEventListener("beforeunload", onLeave);
    document.removeEventListener("visibilitychange", onBack);
  };
};
