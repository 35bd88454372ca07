// Taps of the whole page: notes how a verdict was given, and drops contacts as large as a palm before anything can act on them.

import type { App } from "../model/app";

const palm = 30; // mm, longer side of a contact

/** Listens until the returned function is called. */
export const bindTaps = (app: App): (() => void) => {
  let ignore = -1; // pointer id of a palm
  const onDown = (e: PointerEvent): void => {
    const mm = app.prefs.mm.peek() || 5.5;
    ignore = e.pointerType === "touch" && Math.max(e.width, e.height) / mm > palm ? e.pointerId : -1;
    app.judge.input.value = e.pointerType === "mouse" ? "mouse" : "touch";
    if (e.pointerId === ignore) stop(e);
  };
  const onClick = (e: MouseEvent): void => {
    if (e instanceof PointerEvent && e.pointerId === ignore && ignore >= 0) stop(e);
  };
  const onMenu = (e: Event): void => e.preventDefault(); // a long press with a glove opens no browser menu
  window.addEventListener("pointerdown", onDown, true);
  window.addEventListener("click", onClick, true);
  window.addEventListener("contextmenu", onMenu);
  return () => {
    window.removeEventListener("pointerdown", onDown, true);
    window.removeEventListener("click", onClick, true);
    window.removeEventListener("contextmenu", onMenu);
  };
};

const stop = (e: Event): void => {
  e.preventDefault();
  e.stopImmediatePropagation();
};
