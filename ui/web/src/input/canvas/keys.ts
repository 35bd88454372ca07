import { KEY_STEP } from "../../model/canvas/viewport";

/** What a stage does with the keyboard. */
export interface KeySink {
  /** A key that is no character; reports whether it did something with it. */
  key(e: KeyboardEvent): boolean;
  /** A single character that stood alone. */
  character(key: string): void;
}

/** Reports that a key did something. */
export function moved(move: () => void): true {
  move();
  return true;
}

/** What the keys +, − and 0 do on every stage. */
export interface Zoomed {
  zoomMiddle(factor: number): void;
  showWhole(): void;
}

export function zoomKey(key: string, to: Zoomed): void {
  if (key === "+" || key === "=") to.zoomMiddle(KEY_STEP);
  else if (key === "-" || key === "_") to.zoomMiddle(1 / KEY_STEP);
  else if (key === "0") to.showWhole();
}

/** A barcode scanner is a keyboard: characters that follow each other faster than this, in ms, are a scan and no commands. */
const SCAN_GAP = 45;

/**
 * Gives a stage the keyboard: before anybody else while the focus is inside it, and after everybody else when the focus is nowhere and
 * this is the first stage of the page. Characters are only listened to: others may read them as a scan or as the key of a class.
 */
export function listenKeys(host: HTMLElement, sink: KeySink): () => void {
  const stop = new AbortController();
  const alone = new Alone((key) => sink.character(key));
  const first = (e: KeyboardEvent): void => {
    if (e.altKey || e.metaKey || !hasKeys(host)) return;
    if (e.key.length === 1 && !e.ctrlKey) alone.press(e);
    else if (isInside(host) && sink.key(e)) consume(e);
  };
  const last = (e: KeyboardEvent): void => {
    if (e.defaultPrevented || e.altKey || e.metaKey || isInside(host) || !hasKeys(host)) return;
    if ((e.key.length > 1 || e.ctrlKey) && sink.key(e)) e.preventDefault();
  };
  window.addEventListener("keydown", first, { signal: stop.signal, capture: true });
  window.addEventListener("keydown", last, { signal: stop.signal });
  return () => {
    stop.abort();
    alone.stop();
  };
}

/** Passes a character on when no other key came right before or after it. */
class Alone {
  private timer = 0;
  private last = -Infinity;

  constructor(private readonly pass: (key: string) => void) {}

  press(e: KeyboardEvent): void {
    clearTimeout(this.timer);
    const isBurst = e.timeStamp - this.last < SCAN_GAP && !e.repeat;
    this.last = e.timeStamp;
    if (e.repeat) this.pass(e.key);
    else if (!isBurst) this.timer = window.setTimeout(() => this.pass(e.key), SCAN_GAP);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

function consume(e: KeyboardEvent): void {
  e.preventDefault();
  e.stopImmediatePropagation();
}

function isInside(host: HTMLElement): boolean {
  const at = document.activeElement;
  return at !== null && host.contains(at);
}

function hasKeys(host: HTMLElement): boolean {
  const at = document.activeElement;
  if (at instanceof HTMLElement && host.contains(at)) return !isField(at);
  const isNowhere = at === null || at === document.body || at === document.documentElement;
  return isNowhere && document.querySelector("[data-stage]") === host;
}

const isField = (el: HTMLElement): boolean => el.matches("textarea, select, [contenteditable], input:not([type=checkbox])");
