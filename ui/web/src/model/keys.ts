// What a key press means. A barcode scanner is a keyboard: a burst of fast keys that ends in Enter is a scan and never a hotkey, so a
// character waits for a moment before it counts; function keys and arrows, which no scanner sends, count at once.

import type { Tool } from "./stage";
import type { VerdictKeys } from "./verdictkeys";

export type Command =
  | { do: "verdict"; verdict: "ok" | "not_ok" | "not_decidable" }
  | { do: "undo" }
  | { do: "next" }
  | { do: "previous" }
  | { do: "class"; key: string }
  | { do: "tool"; tool: Tool }
  | { do: "remove" }
  | { do: "back" }
  | { do: "scan"; code: string };

export interface KeyPress {
  key: string;
  at: number; // ms
  modified: boolean; // Ctrl, Alt or Meta
  repeat: boolean;
  inField: boolean; // the focus is in an input that takes text
  onStage: boolean; // the focus is on a picture or on lanes, which have their own arrows
}

/** Between two keys of a scanner there are a few ms; between two of a person hardly ever under this. */
const scanGap = 35; // ms
const scanLength = 4; // characters; shorter bursts are two fingers

const atOnce = (key: string, onStage: boolean, keys: VerdictKeys): Command | undefined => {
  for (const verdict of ["ok", "not_ok", "not_decidable"] as const) if (key === keys[verdict]) return { do: "verdict", verdict };
  switch (key) {
    case keys.undo: return { do: "undo" };
    case "ArrowDown": return onStage ? undefined : { do: "next" };
    case "ArrowUp": return onStage ? undefined : { do: "previous" };
    case "Delete": return { do: "remove" };
    case "Escape": return { do: "back" };
    default: return undefined;
  }
};

const letters: Record<string, Command> = {
  j: { do: "next" }, k: { do: "previous" },
  v: { do: "tool", tool: "pan" }, b: { do: "tool", tool: "box" }, p: { do: "tool", tool: "polygon" }, m: { do: "tool", tool: "measure" },
  r: { do: "tool", tool: "rotated_box" }, w: { do: "tool", tool: "wire" }, l: { do: "tool", tool: "polyline" }, d: { do: "tool", tool: "point" },
  s: { do: "tool", tool: "brush" }, e: { do: "tool", tool: "erase" }, c: { do: "tool", tool: "cutout" }, g: { do: "tool", tool: "grow" },
};

export class KeyReader {
  private burst = "";
  private last = -Infinity;
  private waiting = 0; // number of the character that still waits to count

  /** later(f, ms) runs f once; classKeys are the hotkeys that the taxonomy gives, among them two-stroke ones. */
  constructor(
    private readonly run: (c: Command) => void,
    private readonly later: (f: () => void, ms: number) => void,
    private readonly classKeys: () => readonly string[],
    private readonly verdictKeys: () => VerdictKeys,
  ) {}

  /** Takes a key press. True when the browser must not act on it. */
  press(p: KeyPress): boolean {
    if (p.modified) return false;
    const direct = atOnce(p.key, p.onStage, this.verdictKeys());
    if (direct) {
      if (p.inField && !p.key.startsWith("F")) return false;
      if (!p.repeat || direct.do === "next" || direct.do === "previous") this.run(direct);
      return true;
    }
    if (p.key === "F5") return true; // a page that loads anew by a slip helps nobody, whatever key OK has
    if (p.inField) return false;
    if (p.key === "Enter") return this.enter(p.at);
    if (p.key.length === 1 && p.key !== " ") return this.character(p);
    return false;
  }

  private enter(at: number): boolean {
    const code = this.burst;
    const fast = at - this.last <= scanGap * 3;
    this.clear();
    if (!fast || code.length < scanLength) return false;
    this.run({ do: "scan", code });
    return true;
  }

  private character(p: KeyPress): boolean {
    if (p.repeat) return true;
    const fast = p.at - this.last <= scanGap;
    this.burst = fast ? this.burst + p.key : p.key;
    this.last = p.at;
    const mine = ++this.waiting;
    if (this.burst.length === 1) this.later(() => mine === this.waiting && this.count(p.key), scanGap + 5);
    return true;
  }

  private count(key: string): void {
    this.clear();
    this.stroke(key.toLowerCase());
  }

  private first = ""; // first stroke of a two-stroke class key

  private stroke(key: string): void {
    const keys = this.classKeys();
    const both = this.first + key;
    const pair = this.first !== "" && keys.includes(both);
    this.first = "";
    if (pair) return this.run({ do: "class", key: both });
    if (keys.includes(key)) return this.run({ do: "class", key });
    if (keys.some((k) => k.length === 2 && k.startsWith(key))) {
      this.first = key;
      return;
    }
    const letter = letters[key];
    if (letter) this.run(letter);
  }

  private clear(): void {
    this.burst = "";
    this.waiting++;
  }
}
