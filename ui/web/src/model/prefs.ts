// What this panel remembers about itself: language, theme, size of text, pixels per millimetre, its own id.

import { computed, effect, type ReadonlySignal, signal, type Signal } from "@preact/signals-core";
import { randomId } from "../lib/id";

export type Lang = "zh-CN" | "en";
export type Theme = "system" | "light" | "dark" | "contrast";
export type Shade = Exclude<Theme, "system">;
export type TextSize = "1" | "1.25" | "1.5" | "2"; // times the usual size

/** localStorage, or a Map in a test. Throws where the browser forbids storage. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const languages: readonly Lang[] = ["zh-CN", "en"];
const themes: readonly Theme[] = ["system", "light", "dark", "contrast"];
export const textSizes: readonly TextSize[] = ["1", "1.25", "1.5", "2"];
const oneOf = <T extends string>(all: readonly T[], v: string | null, otherwise: T): T => all.find((a) => a === v) ?? otherwise;

/** The page's language for a browser that prefers `preferred`, in order: the first of ours, else English. */
export const pickLanguage = (preferred: readonly string[]): Lang => {
  for (const p of preferred) {
    if (/^zh\b/i.test(p)) return "zh-CN";
    if (/^en\b/i.test(p)) return "en";
  }
  return "en";
};

export type LockAfter = "0" | "2" | "5" | "15"; // minutes without a touch; 0 never
export const lockTimes: readonly LockAfter[] = ["0", "2", "5", "15"];

export class Prefs {
  readonly lang: Signal<Lang>;
  readonly theme: Signal<Theme>;
  readonly mm: Signal<number>; // CSS px per real millimetre; 0 = not calibrated, guess by screen size
  readonly together: Signal<boolean>; // signals over one another
  readonly snap: Signal<boolean>; // edges of intervals jump to changes
  readonly magnet: Signal<boolean>; // what is drawn on a picture holds on to edges beside it
  readonly text: Signal<TextSize>;
  readonly system = signal<Shade>("light"); // what the browser asks for, kept up to date by the page
  readonly shade: ReadonlySignal<Shade>;
  readonly lockAfter: Signal<LockAfter>;
  readonly locked: Signal<boolean>; // stays over a reload
  readonly terminal: string;

  constructor(private readonly shelf: Shelf, preferred: readonly string[]) {
    this.lang = signal(oneOf(languages, this.read("lang"), pickLanguage(preferred)));
    this.theme = signal(oneOf(themes, this.read("theme"), "system"));
    const mm = Number(this.read("mm"));
    this.mm = signal(mm >= 2 && mm <= 30 ? mm : 0);
    this.together = signal(this.read("together") === "true");
    this.snap = signal(this.read("snap") !== "false");
    this.magnet = signal(this.read("magnet") !== "false");
    this.terminal = this.read("terminal") ?? randomId().slice(0, 8);
    this.write("terminal", this.terminal);
    this.text = signal(oneOf(textSizes, this.read("text"), "1"));
    this.shade = computed(() => (this.theme.value === "system" ? this.system.value : this.theme.value));
    effect(() => this.write("lang", this.lang.value));
    effect(() => this.write("theme", this.theme.value));
    this.lockAfter = signal(oneOf(lockTimes, this.read("lockAfter"), "0"));
    this.locked = signal(this.read("locked") === "true");
    effect(() => this.write("lockAfter", this.lockAfter.value));
    effect(() => this.write("locked", String(this.locked.value)));
    effect(() => this.write("text", this.text.value));
    effect(() => this.write("mm", String(this.mm.value)));
    effect(() => this.write("together", String(this.together.value)));
    effect(() => this.write("snap", String(this.snap.value)));
    effect(() => this.write("magnet", String(this.magnet.value)));
  }

  private read(key: string): string | null {
    try {
      return this.shelf.getItem(`edgelabel.${key}`);
    } catch {
      return null; // storage forbidden: the choices last as long as the page
    }
  }

  private write(key: string, value: string): void {
    try {
      this.shelf.setItem(`edgelabel.${key}`, value);
    } catch {
      // storage forbidden or full: nothing of worth is lost
    }
  }
}

/** CSS pixels per real millimetre of a screen so many CSS pixels large, of which the diagonal is known. */
export const pixelsPerMm = (width: number, height: number, inches: number): number => Math.round((Math.hypot(width, height) / (inches * 25.4)) * 100) / 100;
