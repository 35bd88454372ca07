// Hands key presses to the model, which knows what they mean.

import type { App } from "../model/app";

const takesText = (el: Element | null): boolean =>
  el instanceof HTMLTextAreaElement || el instanceof HTMLSelectElement || (el instanceof HTMLInputElement && !["checkbox", "radio", "button", "range"].includes(el.type));

const isStage = (el: Element | null): boolean => el instanceof Element && el.closest("[data-stage], .view, .lanes") !== null && el !== document.body;

/** Listens until the returned function is called. */
export const bindKeys = (app: App): (() => void) => {
  const onKey = (e: KeyboardEvent): void => {
    if (e.defaultPrevented || e.isComposing) return;
    const active = document.activeElement;
    app.judge.input.value = "key";
    if (e.repeat && (e.key === "Enter" || e.key === " ") && active instanceof HTMLButtonElement) return e.preventDefault(); // a held key is one verdict
    const taken = app.keys.press({
      key: e.key,
      at: e.timeStamp,
      modified: e.ctrlKey || e.metaKey || e.altKey,
      repeat: e.repeat,
      inField: takesText(active),
      onStage: isStage(active),
    });
    if (taken) e.preventDefault();
  };
  window.addEventListener("keydown", onKey);
  return () => window.removeEventListener("keydown", onKey);
};
