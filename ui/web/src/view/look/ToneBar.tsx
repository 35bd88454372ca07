// Black and white point over the histogram of what the picture holds, and the ways to bring out what hides in it.

import type { Look } from "../../model/tone/look";
import { PLAIN, windowOf, type Spread, type Tone } from "../../model/tone/tone";
import { useApp, useSpeech } from "../context";
import { Icon } from "../parts/Icon";

const STEPS = 512; // of the sliders

/** The histogram as a path over 100 × 30; roots, so that few pixels show beside many. */
const pathOf = ({ bins }: Spread): string => {
  const most = Math.sqrt(Math.max(1, ...bins));
  const step = 100 / bins.length;
  return `M0 30${bins.map((n, i) => `V${(30 - (29 * Math.sqrt(n)) / most).toFixed(1)}H${((i + 1) * step).toFixed(2)}`).join("")}V30Z`;
};

const End = ({ end, look, tone, spread }: { end: "low" | "high"; look: Look; tone: Tone; spread: Spread }) => {
  const { words, format } = useSpeech();
  const v = windowOf(tone, spread)[end];
  const part = (v - spread.low) / (spread.high - spread.low);
  return (
    <input type="range" class={end} min={0} max={STEPS} step={1} value={Math.round(part * STEPS)} aria-label={end === "low" ? words.look.dark : words.look.bright} aria-valuetext={format.number(v)}
      onInput={(e) => look.setEnd(end, Number(e.currentTarget.value) / STEPS)} />
  );
};

const Window = ({ look, tone }: { look: Look; tone: Tone }) => {
  const { words, format } = useSpeech();
  const spread = look.spread.value;
  if (!spread) return <div class="levels mut sm">{words.look.loading}</div>;
  const { low, high } = windowOf(tone, spread);
  const at = (v: number): number => ((v - spread.low) / (spread.high - spread.low)) * 100;
  return (
    <div class="levels">
      <svg viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true">
        <rect x={at(low)} width={Math.max(0.5, at(high) - at(low))} height="30" />
        <path d={pathOf(spread)} />
        <line x1={at(low)} x2={at(low)} y2="30" /><line x1={at(high)} x2={at(high)} y2="30" />
      </svg>
      <End end="low" look={look} tone={tone} spread={spread} /><End end="high" look={look} tone={tone} spread={spread} />
      <span class="range num xs"><span>{format.number(low)}</span><span>{format.number(high)}</span></span>
    </div>
  );
};

export const ToneBar = () => {
  const { look } = useApp();
  const { words } = useSpeech();
  const tone = look.tone.value ?? PLAIN;
  const keys = [
    { name: words.look.fit, on: tone.window === null, press: () => look.set({ window: null }) },
    { name: words.look.invert, on: tone.invert, press: () => look.set({ invert: !tone.invert }) },
    { name: words.look.even, on: tone.even, press: () => look.set({ even: !tone.even }) },
    { name: words.look.heat, on: tone.colours === "heat", press: () => look.set({ colours: tone.colours === "heat" ? "grey" : "heat" }) },
  ];
  return (
    <div class="lookbar" role="group" aria-label={words.look.tone}>
      <Window look={look} tone={tone} />
      {look.heights.value && <button type="button" class="btn" data-zero aria-pressed={look.zero.value !== 0} disabled={look.zero.value === 0 && look.touched.value === null} onClick={() => look.toggleZero()}>{look.zero.value === 0 ? words.picture.zero : words.picture.clearZero}</button>}
      {keys.map((k) => <button key={k.name} type="button" class="btn" aria-pressed={k.on} onClick={k.press}>{k.name}</button>)}
      <button type="button" class="btn ghost" aria-label={words.look.reset} onClick={() => { look.reset(); look.toggle("tone"); }}><Icon name="undo" /><span>{words.look.reset}</span></button>
    </div>
  );
};
