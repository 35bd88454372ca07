// What the panel itself tells and takes: theme, language and touch size on the root element; a warning before work that is only in memory is lost.

import { effect } from "@preact/signals-core";
import type { App } from "../model/app";

/** Keeps the root element in step until the returned function is called. */
export const bindPanel = (app: App): (() => void) => {
  const { prefs, outbox } = app;
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const onDark = (): void => void (prefs.systemDark.value = dark.matches);
  onDark();
  dark.addEventListener("change", onDark);
  const stop = effect(() => {
    root.lang = prefs.lang.value;
    root.dataset["theme"] = prefs.shade.value;
    if (prefs.mm.value) root.style.setProperty("--mm", `${prefs.mm.value}px`);
    else root.style.removeProperty("--mm");
  });
  const onLeave = (e: BeforeUnloadEvent): void => {
    if (outbox.count.peek() > 0 && !outbox.stored.peek()) e.preventDefault();
  };
  const onBack = (): void => void (document.visibilityState === "visible" && outbox.flush());
  window.addEventListener("beforeunload", onLeave);
  document.addEventListener("visibilitychange", onBack);
  return () => {
    stop();
    dark.removeEventListener("change", onDark);
    window.removeEventListener("beforeunload", onLeave);
    document.removeEventListener("visibilitychange", onBack);
  };
};
