import type { LaneEditor } from "../../model/lanes/editor";
import type { LaneSurfaces } from "../../view/canvas/inputs";
import { wheelFactor, wheelPixels } from "../canvas/contact";
import { listenKeys, moved, zoomKey } from "../canvas/keys";
import { listenPointers } from "../canvas/pointers";

/** Lets fingers, pen, mouse, wheel and keys work on the lanes; the function given back ends that. */
export function attachLanes({ host, plot }: LaneSurfaces, editor: LaneEditor): () => void {
  const stop = new AbortController();
  plot.addEventListener("wheel", (e) => turn(e, plot, editor), { passive: false, signal: stop.signal });
  const pointers = listenPointers(plot, {
    focus: host,
    gesture: (g) => editor.gesture(g),
    hover: (c) => {
      editor.hover(c);
      const grip = editor.gripUnder(c.x, c.y, c.kind);
      if (grip) plot.dataset["grip"] = grip;
      else plot.removeAttribute("data-grip");
    },
    left: () => editor.left(),
  });
  const keys = listenKeys(host, { key: (e) => takeKey(host, editor, e), character: (key) => zoomKey(key, editor.axis) });
  return () => {
    stop.abort();
    pointers();
    keys();
  };
}

/** A wheel zooms time about the pointer; turned sideways, or with Shift, it pans. */
function turn(e: WheelEvent, plot: HTMLElement, { axis }: LaneEditor): void {
  const by = wheelPixels(e, 400);
  if (e.shiftKey || Math.abs(by.x) > Math.abs(by.y)) axis.pan(-(by.x || by.y), 0);
  else axis.zoom(e.clientX - plot.getBoundingClientRect().left, wheelFactor(e));
  e.preventDefault();
}

/** Part of the view that one arrow key moves it by. */
const ARROW = 0.2;

function takeKey(host: HTMLElement, editor: LaneEditor, e: KeyboardEvent): boolean {
  if (e.ctrlKey) return e.key.toLowerCase() === "z" && !e.shiftKey && editor.undo();
  const { axis } = editor;
  switch (e.key) {
    case "Escape":
      return editor.escape();
    case "Delete":
    case "Backspace":
      return editor.remove();
    case "Enter":
      return host === document.activeElement && editor.placeMiddle();
    case "Home":
      return moved(() => axis.showWhole());
    case "ArrowLeft":
      return !isNudge(e) && moved(() => axis.pan(axis.layout.width * ARROW, 0));
    case "ArrowRight":
      return !isNudge(e) && moved(() => axis.pan(-axis.layout.width * ARROW, 0));
    case "ArrowUp":
      return axis.layout.scroll > 0 && moved(() => axis.pan(0, axis.layout.lane));
    case "ArrowDown":
      return host.contains(document.activeElement) && moved(() => axis.pan(0, -axis.layout.lane));
    default:
      return false;
  }
}

/** Handles take their own arrows. */
const isNudge = (e: KeyboardEvent): boolean => e.target instanceof Element && e.target.closest("[data-nudge]") !== null;
