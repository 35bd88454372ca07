import type { Editor } from "../../model/canvas/editor";
import type { Contact } from "../../model/canvas/gesture";
import type { Grip } from "../../model/canvas/handles";
import { wheelFactor } from "./contact";
import { listenKeys, moved, zoomKey } from "./keys";
import { listenPointers } from "./pointers";

/** Lets fingers, pen, mouse, wheel and keys on host work on the editor; the function given back ends that. */
export function attachCanvas(host: HTMLElement, editor: Editor): () => void {
  const stop = new AbortController();
  const wheel = (e: WheelEvent): void => {
    const box = host.getBoundingClientRect();
    editor.camera.zoom({ x: e.clientX - box.left, y: e.clientY - box.top }, wheelFactor(e));
    e.preventDefault();
  };
  host.addEventListener("wheel", wheel, { passive: false, signal: stop.signal });
  const pointers = listenPointers(host, {
    gesture: (g) => editor.gesture(g),
    hover: (c) => hover(host, editor, c),
    left: () => {
      host.removeAttribute("data-grip");
      editor.left();
    },
  });
  const keys = listenKeys(host, { key: (e) => takeKey(host, editor, e), character: (key) => sizeKey(editor, key) });
  return () => {
    stop.abort();
    pointers();
    keys();
  };
}

function hover(host: HTMLElement, editor: Editor, c: Contact): void {
  editor.hover(c);
  const grip = editor.gripUnder(c, c.kind);
  if (grip) host.dataset["grip"] = nameOf(grip);
  else host.removeAttribute("data-grip");
}

function nameOf(grip: Grip): string {
  if (grip.hold === "side") return grip.side;
  return grip.hold === "corner" ? `corner${grip.corner}` : grip.hold;
}

/** Part of the stage that one arrow key moves the picture by. */
const ARROW = 0.2;

function takeKey(host: HTMLElement, editor: Editor, e: KeyboardEvent): boolean {
  if (e.ctrlKey) return controlKey(editor, e);
  const isButton = e.target instanceof HTMLButtonElement;
  if (isNudge(e)) return false;
  switch (e.key) {
    case "Escape":
      return editor.escape();
    case "Delete":
    case "Backspace":
      return editor.remove();
    case "Enter":
      return !isButton && enter(host, editor, e.timeStamp);
    case "Home":
      return moved(() => editor.camera.showWhole());
    case "PageUp":
      return editor.desk.bring(1);
    case "PageDown":
      return editor.desk.bring(-1);
    default:
      return moveKey(editor, e);
  }
}

function controlKey(editor: Editor, e: KeyboardEvent): boolean {
  switch (e.key.toLowerCase()) {
    case "z":
      return e.shiftKey ? editor.redo() : editor.undo();
    case "y":
      return editor.redo();
    case "c":
      return !isTextChosen() && editor.desk.copy();
    case "v":
      return editor.desk.paste();
    default:
      return false;
  }
}

/** Whether a person has marked text on the page, which is what they want to copy then. */
const isTextChosen = (): boolean => !(document.getSelection()?.isCollapsed ?? true);

/** Enter taps where the keyboard's pointer is, ends what is drawn, or begins: with a box, or by showing the pointer. */
function enter(host: HTMLElement, editor: Editor, t: number): boolean {
  if (editor.hand.pointer && !editor.pen.brushes) return editor.hand.tap(t);
  if (editor.pen.brushes) return host === document.activeElement && editor.hand.tap(t);
  return editor.finish() || (host === document.activeElement && (editor.hand.placeMiddle() || editor.hand.tap(t)));
}

/** CSS pixels that an arrow moves the keyboard's pointer by; with Shift one. */
const POINTER_STEP = 8;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** Handles take their own arrows, and take points away. */
const isNudge = (e: KeyboardEvent): boolean => /^(Arrow|Delete|Backspace|Insert)/.test(e.key) && e.target instanceof Element && e.target.closest("[data-nudge]") !== null;

function moveKey(editor: Editor, e: KeyboardEvent): boolean {
  const { camera } = editor;
  const { w, h } = camera.stage;
  const to = ARROWS[e.key];
  const by = e.shiftKey ? 1 : POINTER_STEP;
  if (to && editor.hand.move(to[0] * by, to[1] * by)) return true;
  switch (e.key) {
    case "ArrowLeft":
      return moved(() => camera.pan(w * ARROW, 0));
    case "ArrowRight":
      return moved(() => camera.pan(-w * ARROW, 0));
    case "ArrowUp":
      return moved(() => camera.pan(0, h * ARROW));
    case "ArrowDown":
      return moved(() => camera.pan(0, -h * ARROW));
    default:
      return false;
  }
}

function sizeKey({ camera, pen }: Editor, key: string): void {
  if (pen.brushes && (key === "[" || key === "]")) pen.setRadius(pen.radius * (key === "]" ? Math.SQRT2 : Math.SQRT1_2));
  else zoomKey(key, camera);
}
